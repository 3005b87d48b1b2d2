using System.Globalization;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Devices.Video.Streams;

/// <summary>Size and layout of the pictures of a YUV4MPEG2 stream.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Format">Gray, or YUV 4:2:0 in three planes.</param>
internal readonly record struct Y4mShape(int Width, int Height, PixelFormat Format)
{
    /// <summary>Bytes from one row of the first plane to the next.</summary>
    public int Stride => PixelFormats.RowBytes(Format, Width);

    /// <summary>Bytes of a picture.</summary>
    public int Bytes => checked((int)PixelFormats.FrameBytes(Format, Stride, Height));
}

/// <summary>Reads YUV4MPEG2: a line that tells the size, then pictures, each behind a line <c>FRAME</c>.</summary>
internal sealed class Y4mReader(Stream stream)
{
    private const int LongestLine = 256;
    private const int MostSide = 16384;
    private readonly byte[] _line = new byte[LongestLine];

    /// <summary>Reads the header.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public Y4mShape? ReadHeader()
    {
        if (ReadLine() is not { } line)
            return null;
        string[] words = line.Split(' ');
        if (words[0] != "YUV4MPEG2")
            throw new InvalidDataException("is no YUV4MPEG2");
        int width = SideOf(words, 'W'), height = SideOf(words, 'H');
        string colours = Array.Find(words, word => word.StartsWith('C')) ?? "C420";
        bool isGray = colours.StartsWith("Cmono", StringComparison.Ordinal);
        PixelFormat format = isGray ? PixelFormat.Gray8 : PixelFormat.Yuv420;
        if (!isGray && !colours.StartsWith("C420", StringComparison.Ordinal))
            throw new InvalidDataException($"has the colours {colours}; C420 or Cmono is needed");
        return new Y4mShape(width, height, format);
    }

    /// <summary>Reads a picture.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">Something else stands there.</exception>
    public bool TryRead(Span<byte> picture)
    {
        if (ReadLine() is not { } line)
            return false;
        if (!line.StartsWith("FRAME", StringComparison.Ordinal))
            throw new InvalidDataException("has no picture where one is due");
        return stream.ReadAtLeast(picture, picture.Length, throwOnEndOfStream: false) == picture.Length;
    }

    private string? ReadLine()
    {
        for (int i = 0; i < LongestLine; i++)
        {
            int one = stream.ReadByte();
            if (one < 0)
                return null;
            if (one == '\n')
                return Encoding.ASCII.GetString(_line, 0, i);
            _line[i] = (byte)one;
        }

        throw new InvalidDataException($"has a line of more than {LongestLine} bytes");
    }

    private static int SideOf(string[] words, char letter)
    {
        string word = Array.Find(words, word => word.StartsWith(letter)) ?? "";
        return word.Length > 1
            && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int side)
            && side is > 0 and <= MostSide
            ? side
            : throw new InvalidDataException($"has no {letter} in 1..{MostSide}");
    }
}
