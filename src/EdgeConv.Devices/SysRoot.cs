namespace EdgeConv.Devices;

/// <summary>
/// The root under which /sys and /proc are read: <c>EDGECONV_SYSROOT</c>, so that a folder can stand for a
/// board.
/// </summary>
public sealed class SysRoot(string root)
{
    /// <summary>Largest file that is read; sysfs attributes have one page.</summary>
    private const int LargestFile = 4096;

    /// <summary>This machine, or the recorded board that the environment names.</summary>
    public static SysRoot Default { get; } = new(
        Environment.GetEnvironmentVariable("EDGECONV_SYSROOT") is { Length: > 0 } folder ? folder : "/");

    /// <summary>The root.</summary>
    public string Root => root;

    /// <summary>Whether a folder stands for the machine.</summary>
    public bool IsRedirected => root != "/";

    /// <summary>The path of a folder below the root.</summary>
    public string Folder(string folder) => Path.Combine(root, folder);

    /// <summary>
    /// Folders, and links to folders, below <paramref name="folder"/> in no particular order; none when it is
    /// not there.
    /// </summary>
    public IReadOnlyList<string> Folders(string folder)
    {
        string path = Folder(folder);
        try
        {
            return Directory.Exists(path) ? Directory.GetDirectories(path) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// A small file's text without surrounding space; null when it cannot be read or is empty.
    /// </summary>
    public static string? Text(string folder, string file)
    {
        try
        {
            using FileStream stream = new(
                Path.Combine(folder, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            Span<byte> bytes = stackalloc byte[LargestFile];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            string text = System.Text.Encoding.UTF8.GetString(bytes[..read]).Trim();
            return text.Length == 0 ? null : text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Name of what a link points to; null when it is no link.</summary>
    public static string? LinkTarget(string folder, string link)
    {
        try
        {
            return Path.GetFileName(new FileInfo(Path.Combine(folder, link)).LinkTarget?.TrimEnd('/'));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A small file's whole number; null when it holds none.</summary>
    public static long? Number(string folder, string file) =>
        long.TryParse(Text(folder, file), System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture, out long value) ? value : null;
}
