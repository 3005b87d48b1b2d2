using System.Buffers.Binary;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Kernels;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Engine.PlanCache;

/// <summary>The form of <c>*.ecplan</c> files: packed weights, ready to be read into place.</summary>
/// <remarks>
/// <code>
/// 0   magic "ECPLAN01"                     little-endian throughout
/// 8   XXH64 of the table
/// 16  XXH64 of the weights
/// 24  bytes of the table
/// 32  bytes of the weights
/// 40  table: PlanKey, SHA-256 of the model, then for each layer its key and, for each block of weights,
///     format, offset and length; zeros up to a multiple of 64
///     weights: the blocks, each at a multiple of 64; the end of the file
/// </code>
/// Nothing in a file is believed before its checksum fits, and no offset before it is inside.
/// </remarks>
internal static class PlanFile
{
    private const int HeaderBytes = 40;
    private const int MostTableBytes = 16 << 20;
    private const int HashDigits = 64;
    private static ReadOnlySpan<byte> Magic => "ECPLAN01"u8;

    /// <summary>Reads the weights of a plan.</summary>
    /// <param name="file">The plan.</param>
    /// <param name="wanted">What it must hold for.</param>
    /// <param name="store">Gets the weights.</param>
    /// <returns>The SHA-256 of the model.</returns>
    /// <exception cref="InvalidDataException">It is of no use; says why. The store is as before.</exception>
    public static string Read(SafeFileHandle file, PlanKey wanted, WeightStore store)
    {
        long length = RandomAccess.GetLength(file);
        Span<byte> header = stackalloc byte[HeaderBytes];
        ReadExactly(file, 0, header);
        if (!header.StartsWith(Magic))
            throw new InvalidDataException("is no plan of this version");
        long tableBytes = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        long weightBytes = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        if (tableBytes is < 0 or > MostTableBytes || weightBytes <= 0 || weightBytes > Array.MaxLength
            || StartOfWeights(tableBytes) + weightBytes != length)
        {
            throw new InvalidDataException("is cut short or damaged");
        }

        byte[] table = new byte[tableBytes];
        ReadExactly(file, HeaderBytes, table);
        Check(table, BinaryPrimitives.ReadUInt64LittleEndian(header[8..]));
        using BinaryReader reader = new(new MemoryStream(table));
        if (PlanKey.Read(reader).WhyStale(wanted) is { } stale)
            throw new InvalidDataException(stale);
        string hash = reader.ReadString();
        if (hash.Length != HashDigits || !hash.All(char.IsAsciiHexDigitLower))
            throw new InvalidDataException("is damaged");
        using WeightImage image = new(weightBytes);
        ReadExactly(file, StartOfWeights(tableBytes), image.Bytes);
        Check(image.Bytes, BinaryPrimitives.ReadUInt64LittleEndian(header[16..]));
        Cut(reader, image, store);
        return hash;
    }

    /// <summary>Writes the weights of <paramref name="store"/>.</summary>
    public static unsafe void Write(Stream file, PlanKey key, string hash, WeightStore store)
    {
        (byte[] table, long weightBytes) = MakeTable(key, hash, store);
        byte[] head = new byte[StartOfWeights(table.Length)];
        table.CopyTo(head, HeaderBytes);
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), Xxh64.Hash(table));
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(24), table.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(32), weightBytes);
        // One image in memory, for one checksum: as much as the weights for a moment, when a plan is written.
        using WeightImage image = new(weightBytes);
        long at = 0;
        foreach (WeightBlock block in store.Blocks.SelectMany(layer => layer.Value))
        {
            int bytes = checked((int)(block.Length * sizeof(float)));
            new ReadOnlySpan<byte>(block.Data, bytes).CopyTo(image.Bytes[(int)at..]);
            at += Placed(block);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(16), Xxh64.Hash(image.Bytes));
        file.Write(head);
        file.Write(image.Bytes);
    }

    private static (byte[] Table, long WeightBytes) MakeTable(PlanKey key, string hash, WeightStore store)
    {
        using MemoryStream table = new();
        using BinaryWriter writer = new(table);
        key.Write(writer);
        writer.Write(hash);
        writer.Write(store.Blocks.Count);
        long offset = 0;
        foreach ((string layer, IReadOnlyList<WeightBlock> blocks) in store.Blocks)
        {
            writer.Write(layer);
            writer.Write(blocks.Count);
            foreach (WeightBlock block in blocks)
            {
                writer.Write(block.Format!);
                writer.Write(offset);
                writer.Write(block.Length);
                offset += Placed(block);
            }
        }

        writer.Flush();
        return (table.ToArray(), offset);
    }

    private static void Cut(BinaryReader table, WeightImage image, WeightStore store)
    {
        Dictionary<string, List<WeightBlock>> layers = [];
        try
        {
            for (int count = table.ReadInt32(); count > 0; count--)
            {
                List<WeightBlock> blocks = layers[table.ReadString()] = [];
                for (int left = table.ReadInt32(); left > 0; left--)
                {
                    string format = table.ReadString();
                    blocks.Add(image.Cut(table.ReadInt64(), table.ReadInt64(), format));
                }
            }
        }
        catch (Exception problem) when (problem is ArgumentException or IOException or FormatException)
        {
            foreach (WeightBlock block in layers.Values.SelectMany(blocks => blocks))
                block.Dispose();
            throw new InvalidDataException("is damaged", problem);
        }

        foreach ((string layer, List<WeightBlock> blocks) in layers)
            store.Add(layer, blocks);
    }

    private static void ReadExactly(SafeFileHandle file, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = RandomAccess.Read(file, target, offset);
            if (count == 0)
                throw new InvalidDataException("is cut short");
            offset += count;
            target = target[count..];
        }
    }

    private static void Check(ReadOnlySpan<byte> bytes, ulong hash)
    {
        if (Xxh64.Hash(bytes) != hash)
            throw new InvalidDataException("is damaged: its checksum does not fit");
    }

    private static long StartOfWeights(long tableBytes) => Align(HeaderBytes + tableBytes);

    private static long Placed(WeightBlock block) => Align(block.Length * sizeof(float));

    private static long Align(long bytes) => (bytes + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;
}
