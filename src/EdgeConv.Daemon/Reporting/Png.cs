using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Writes small pictures as PNG (ISO/IEC 15948): 8 bits, gray or RGB, no filter.</summary>
internal static class Png
{
    private const byte Gray = 0;
    private const byte Rgb = 2;
    private const uint CrcPolynomial = 0xEDB88320;
    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Encodes a picture.</summary>
    /// <param name="pixels">Interleaved, <c>[height, width, channels]</c>.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 for gray, 3 for red, green and blue.</param>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int channels)
    {
        int row = width * channels, height = pixels.Length / row;
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = channels == 1 ? Gray : Rgb;
        using MemoryStream file = new();
        file.Write(Signature);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(pixels, row));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(ReadOnlySpan<byte> pixels, int row)
    {
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int start = 0; start < pixels.Length; start += row)
            {
                stream.WriteByte(0);
                stream.Write(pixels.Slice(start, row));
            }
        }

        return packed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (CrcPolynomial & (uint)-(int)(crc & 1));
        }

        return crc;
    }
}
