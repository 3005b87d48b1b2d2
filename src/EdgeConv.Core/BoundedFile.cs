using System.Text;

namespace EdgeConv.Core;

/// <summary>Reads small text files that a user named, whatever they turn out to be.</summary>
public static class BoundedFile
{
    /// <summary>
    /// The whole text of a file of at most <paramref name="most"/> bytes, UTF-8 with or without a mark.
    /// </summary>
    /// <exception cref="ConfigError">
    /// At <paramref name="place"/>: it cannot be read, or holds more.
    /// </exception>
    public static string ReadText(string place, string path, int most)
    {
        // Where the file itself is the place, its name is not said twice.
        string subject = place == path ? "" : $"{path} ";
        try
        {
            if (WhyNoFile(path) is { } problem)
            {
                throw new ConfigError(place,
                    subject.Length == 0 ? problem : $"cannot be read: {subject}{problem}");
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[most + 1];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read > most)
                throw new ConfigError(place, $"{subject}holds more than {most} bytes");
            using StreamReader text = new(new MemoryStream(bytes, 0, read), Encoding.UTF8);
            return text.ReadToEnd();
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigError(place, $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// What keeps a path from naming a regular file, asked without opening it: opening a pipe waits for its
    /// writer, and a device may never end. Null when it names one.
    /// </summary>
    public static string? WhyNoFile(string path) => FileStatus.Of(path)?.Kind switch
    {
        FileKind.File => null,
        FileKind.Folder => "is a folder; a file is needed",
        null => "is not there; a file is needed",
        _ => "is a pipe, a device or a socket; a file is needed",
    };

    /// <summary>
    /// Whether anything is there that no file may take the place of: a folder, a device, a pipe.
    /// </summary>
    public static bool IsTaken(string path) => FileStatus.Of(path)?.Kind is not (null or FileKind.File);

    /// <summary>Whether two paths lead to one and the same file or folder, by whatever links.</summary>
    public static bool AreSame(string first, string second) =>
        FileStatus.Of(first)?.Stamp is { } a && FileStatus.Of(second)?.Stamp is { } b
        && (a.Device, a.Inode) == (b.Device, b.Inode);
}
