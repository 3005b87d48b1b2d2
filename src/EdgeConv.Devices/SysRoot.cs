using System.Text;
using EdgeConv.Devices.Interop;

namespace EdgeConv.Devices;

/// <summary>
/// The root under which /sys, /proc and /dev are read: <c>EDGECONV_SYSROOT</c>, so that a folder can stand for
/// a board.
/// </summary>
public sealed class SysRoot
{
    private readonly string _root;
    private readonly IFileReader _reader;

    /// <summary>A root.</summary>
    public SysRoot(string root)
        : this(root, new FileReader())
    {
    }

    /// <summary>A root whose attributes are read by <paramref name="reader"/>.</summary>
    internal SysRoot(string root, IFileReader reader)
    {
        _root = root;
        _reader = reader;
    }

    /// <summary>This machine, or the recorded board that the environment names.</summary>
    public static SysRoot Default { get; } = new(
        Environment.GetEnvironmentVariable("EDGECONV_SYSROOT") is { Length: > 0 } folder ? folder : "/");

    /// <summary>The root.</summary>
    public string Root => _root;

    /// <summary>Whether a folder stands for the machine.</summary>
    public bool IsRedirected => _root != "/";

    /// <summary>The path of a folder below the root.</summary>
    public string Folder(string folder) => Path.Combine(_root, folder);

    /// <summary>What a path below the root is called on the board itself.</summary>
    internal string NameOf(string path) => "/" + Path.GetRelativePath(_root, path);

    /// <summary>
    /// Folders, and links to folders, below <paramref name="folder"/>, shorter names first (<c>hwmon2</c> before
    /// <c>hwmon10</c>); none when it is not there.
    /// </summary>
    public IReadOnlyList<string> Folders(string folder)
    {
        string path = Folder(folder);
        try
        {
            return Directory.Exists(path)
                ? [.. Directory.GetDirectories(path)
                    .OrderBy(name => name.Length)
                    .ThenBy(name => name, StringComparer.Ordinal)]
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// What stands between prefix and suffix of a folder's files, with the prefix: <c>temp1</c> of
    /// <c>temp1_input</c>; in the order of the folders.
    /// </summary>
    internal IReadOnlyList<string> Files(string folder, string prefix, string suffix)
    {
        try
        {
            return [.. Directory.GetFiles(Folder(folder), $"{prefix}*{suffix}")
                .Select(path => Path.GetFileName(path)[..^suffix.Length])
                .OrderBy(name => name.Length)
                .ThenBy(name => name, StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Notices when the entries of a folder change.</summary>
    internal FolderWatch Watch(string folder) => new(Encoding.UTF8.GetBytes(Folder(folder) + '\0'));

    /// <summary>One attribute.</summary>
    internal SysFile File(string folder, string file) => new(_reader, Path.Combine(_root, folder, file));

    /// <summary>
    /// A small file's text without surrounding space; null when it cannot be read or is empty.
    /// </summary>
    internal string? Text(string folder, string file) => File(folder, file).Text();

    /// <summary>A small file's whole number; null when it holds none.</summary>
    internal long? Number(string folder, string file) => File(folder, file).Number();

    /// <summary>Name of what a link points to; null when it is no link.</summary>
    internal static string? LinkTarget(string folder, string link)
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
}
