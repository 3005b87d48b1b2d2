using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>The pictures of a folder.</summary>
internal static class ImageFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png"];

    /// <summary>
    /// The file itself, or the folder's JPEG and PNG files in natural order: 2.png before 10.png.
    /// </summary>
    /// <exception cref="DeviceError">There is no such file or folder, or no picture in it.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        try
        {
            if (File.Exists(path))
                return [path];
            if (!Directory.Exists(path))
                throw new DeviceError(path, "is not there; a picture or a folder of pictures is needed");
            string[] files = [.. Directory.EnumerateFiles(path).Where(IsPicture)];
            Array.Sort(files, CompareNaturally);
            return files.Length != 0
                ? files
                : throw new DeviceError(path, "holds no .jpg, .jpeg or .png file");
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DeviceError(path, $"cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>Whether a file has the name of a picture.</summary>
    public static bool IsPicture(string path) =>
        Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    // Runs of digits compare as numbers, everything else by character.
    internal static int CompareNaturally(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                ReadOnlySpan<char> left = Digits(a, ref i), right = Digits(b, ref j);
                int byValue = left.Length != right.Length
                    ? left.Length - right.Length
                    : left.SequenceCompareTo(right);
                if (byValue != 0)
                    return byValue;
            }
            else if (a[i] != b[j])
            {
                return a[i] - b[j];
            }
            else
            {
                i++;
                j++;
            }
        }

        int byLength = a.Length - i - (b.Length - j);
        return byLength != 0 ? byLength : string.CompareOrdinal(a, b);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        while (at < text.Length - 1 && text[at] == '0' && char.IsAsciiDigit(text[at + 1]))
            at++;
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start);
    }
}
