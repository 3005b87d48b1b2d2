using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>Writes PNG files of every colour type and depth.</summary>
internal static class PngFile
{
    public const byte Gray = 0;
    public const byte Rgb = 2;
    public const byte Palette = 3;
    public const byte GrayAlpha = 4;
    public const byte Rgba = 6;

    /// <param name="width">Pixels in a row.</param>
    /// <param name="colour">Colour type.</param>
    /// <param name="depth">Bits a sample.</param>
    /// <param name="rows">Packed bytes of each row.</param>
    /// <param name="palette">
    /// Red, green, blue of each entry, perhaps with transparency in a second array.
    /// </param>
    public static byte[] Make(int width, byte colour, byte depth, byte[][] rows, params byte[][] palette)
    {
        MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Chunk(file, "IHDR", Header(width, rows.Length, colour, depth));
        if (palette.Length > 0)
            Chunk(file, "PLTE", palette[0]);
        if (palette.Length > 1)
            Chunk(file, "tRNS", palette[1]);
        MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (byte[] row in rows)
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        }

        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A file whose header announces a size that its data has not.</summary>
    public static byte[] Announce(int width, int height)
    {
        byte[] file = Make(1, Rgb, 8, [[1, 2, 3]]);
        MemoryStream changed = new();
        changed.Write(file.AsSpan(0, 8));
        Chunk(changed, "IHDR", Header(width, height, Rgb, 8));
        changed.Write(file.AsSpan(33));
        return changed.ToArray();
    }

    private static byte[] Header(int width, int height, byte colour, byte depth)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = depth;
        header[9] = colour;
        return header;
    }

    private static void Chunk(Stream file, string name, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. content];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        file.Write(number);
    }

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
