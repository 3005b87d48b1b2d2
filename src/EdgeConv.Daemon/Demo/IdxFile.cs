using System.Buffers.Binary;
using System.IO.Compression;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// A gzipped IDX file of bytes, the format of MNIST and its successors: magic 0x0000 08 rank, big-endian
/// extents, then the values.
/// </summary>
internal sealed class IdxFile
{
    private const int LargestFile = 1 << 28;

    private IdxFile(int count, int itemLength, byte[] values)
    {
        Count = count;
        ItemLength = itemLength;
        Values = values;
    }

    /// <summary>First extent.</summary>
    public int Count { get; }

    /// <summary>Product of the other extents; 1 for a list of labels.</summary>
    public int ItemLength { get; }

    /// <summary>All values.</summary>
    public byte[] Values { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataError">It is no such file.</exception>
    public static IdxFile Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using GZipStream stream = new(file, CompressionMode.Decompress);
            Span<byte> head = stackalloc byte[4];
            stream.ReadExactly(head);
            if (head[0] != 0 || head[1] != 0 || head[2] != 8 || head[3] is 0 or > 4)
                throw new DataError(path, "is no IDX file of bytes");
            long length = 1;
            int count = ReadExtent(stream);
            for (int axis = 1; axis < head[3]; axis++)
                length *= ReadExtent(stream);
            if (count * length > LargestFile)
                throw new DataError(path, $"{count} items of {length} bytes are too many");
            byte[] values = new byte[count * length];
            stream.ReadExactly(values);
            return new IdxFile(count, (int)length, values);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The values of one item.</summary>
    public ReadOnlyMemory<byte> Item(int index) => Values.AsMemory(index * ItemLength, ItemLength);

    private static int ReadExtent(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[4];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes) is > 0 and int extent
            ? extent
            : throw new InvalidDataException("an extent is not positive");
    }
}
