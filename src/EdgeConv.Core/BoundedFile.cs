using System.Text;

namespace EdgeConv.Core;

/// <summary>Reads small text files that a user named, whatever they turn out to be.</summary>
public static class BoundedFile
{
    /// <summary>The whole text of a file of at most <paramref name="most"/> bytes, UTF-8 with or without a mark.</summary>
    /// <exception cref="ConfigError">At <paramref name="place"/>: it cannot be read, or holds more.</exception>
    public static string ReadText(string place, string path, int most)
    {
        try
        {
            if (Directory.Exists(path))
                throw new ConfigError(place, $"{path} is a folder; a file is needed");
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[most + 1];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read > most)
                throw new ConfigError(place, $"{path} holds more than {most} bytes");
            using StreamReader text = new(new MemoryStream(bytes, 0, read), Encoding.UTF8);
            return text.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigError(place, $"cannot be read: {error.Message}", error);
        }
    }
}
