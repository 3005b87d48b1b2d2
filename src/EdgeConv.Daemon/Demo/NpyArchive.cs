using System.IO.Compression;
using System.Runtime.InteropServices;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>One-dimensional arrays in a NumPy archive: a zip of .npy entries.</summary>
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
            return Parse($"{path}: {name}.npy", copy.GetBuffer().AsSpan(0, (int)copy.Length));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be read: {error.Message}", error);
        }
    }

    private static ushort[] Parse(string path, ReadOnlySpan<byte> bytes)
    {
        NpyHeader header = NpyFile.ReadHeader(path, bytes);
        return header.Type == "<u2"
            ? MemoryMarshal.Cast<byte, ushort>(bytes[header.Bytes..]).ToArray()
            : throw new DataError(path, $"holds '{header.Type}'; unsigned 16-bit values are needed");
    }
}
