using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// One-dimensional arrays in a NumPy archive: a zip of .npy entries, each <c>\x93NUMPY</c>, version, header
/// length, a header text, then the values.
/// </summary>
internal static class NpyArchive
{
    private const int LargestEntry = 1 << 28;

    /// <summary>Reads an entry of unsigned 16-bit little-endian values.</summary>
    /// <exception cref="DataError">It is no such archive or entry.</exception>
    public static ushort[] ReadUInt16(string path, string name)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry entry = archive.GetEntry($"{name}.npy")
                ?? throw new InvalidDataException($"has no entry {name}.npy");
            if (entry.Length > LargestEntry)
                throw new InvalidDataException($"{entry.Length} bytes are too many");
            using MemoryStream copy = new();
            using (Stream stream = entry.Open())
                stream.CopyTo(copy);
            return Parse(copy.GetBuffer().AsSpan(0, (int)copy.Length));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be read: {error.Message}", error);
        }
    }

    private static ushort[] Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 10 || bytes[0] != 0x93 || !bytes[1..].StartsWith("NUMPY"u8) || bytes[6] != 1)
            throw new InvalidDataException("is no .npy entry");
        int headerLength = bytes[8] | bytes[9] << 8;
        if (bytes.Length < 10 + headerLength)
            throw new InvalidDataException("ends inside its header");
        string header = Encoding.ASCII.GetString(bytes.Slice(10, headerLength));
        if (!header.Contains("'<u2'", StringComparison.Ordinal))
            throw new InvalidDataException("does not hold unsigned 16-bit values");
        return MemoryMarshal.Cast<byte, ushort>(bytes[(10 + headerLength)..]).ToArray();
    }
}
