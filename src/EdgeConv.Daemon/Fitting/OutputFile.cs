using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Looks at the file that is to be written before the long work begins.</summary>
internal static class OutputFile
{
    private const string Remedy = "what is written needs a file of its own";

    /// <summary>Requires that a path can be written without harm to what else is there.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="inputs">Files that are read.</param>
    /// <exception cref="FingerprintError">
    /// It is a folder, a pipe or a device, one of the inputs, would be read as one of an input folder's
    /// pictures, or its folder cannot be written to.
    /// </exception>
    public static void Require(string path, IEnumerable<string> inputs)
    {
        if (BoundedFile.IsTaken(path))
            throw new FingerprintError(path, $"is a folder, a pipe or a device; {Remedy}");
        string target = TargetOf(path), folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
            throw new FingerprintError(path, $"there is no folder {folder} to write it to");
        foreach (string input in inputs)
        {
            if (BoundedFile.AreSame(input, path))
                throw new FingerprintError(path, $"is what is read ({input}); {Remedy}");
            if (IsPictureOf(input, Path.GetFullPath(path)) || IsPictureOf(input, target))
            {
                throw new FingerprintError(
                    path, $"would be read as a picture of {input}; another name or folder is needed");
            }
        }

        TryWriting(path, folder);
    }

    private static bool IsPictureOf(string folder, string file) =>
        SourceFactory.IsPicture(file) && BoundedFile.AreSame(folder, Path.GetDirectoryName(file)!);

    private static string TargetOf(string path)
    {
        try
        {
            return TemporaryFile.TargetOf(path);
        }
        catch (IOException error)
        {
            throw new FingerprintError(path, $"cannot be written: {error.Message}", error);
        }
    }

    private static void TryWriting(string path, string folder)
    {
        string trial = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using FileStream file = new(
                trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"nothing can be written to {folder}: {error.Message}", error);
        }
    }
}
