using System.Globalization;
using System.IO.Compression;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// scikit-learn's handwritten digits: gzipped CSV, a line each: 64 pixels of 8 x 8 with values 0..16, then
/// the digit.
/// </summary>
internal static class DigitsFile
{
    /// <summary>Columns and rows of a digit.</summary>
    public const int Size = 8;

    /// <summary>Reads all digits as 8-bit pixels (0..255) with their names.</summary>
    /// <exception cref="DataError">It is no such file.</exception>
    public static IReadOnlyList<(byte[] Pixels, string Name)> Read(string path)
    {
        List<(byte[], string)> digits = [];
        try
        {
            using FileStream file = File.OpenRead(path);
            using StreamReader lines = new(new GZipStream(file, CompressionMode.Decompress));
            while (lines.ReadLine() is { } line)
                digits.Add(Parse(line));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException)
        {
            throw new DataError(path, $"line {digits.Count + 1}: {error.Message}", error);
        }

        return digits;
    }

    private static (byte[], string) Parse(string line)
    {
        string[] fields = line.Split(',');
        if (fields.Length != Size * Size + 1)
            throw new FormatException($"{fields.Length} fields; {Size * Size + 1} are needed");
        byte[] pixels = new byte[Size * Size];
        for (int i = 0; i < pixels.Length; i++)
        {
            float value = float.Parse(fields[i], CultureInfo.InvariantCulture);
            pixels[i] = (byte)Math.Clamp(value * 255 / 16, 0, 255);
        }

        return (pixels, fields[^1]);
    }
}
