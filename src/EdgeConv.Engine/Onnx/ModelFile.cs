using EdgeConv.Core;

namespace EdgeConv.Engine.Onnx;

/// <summary>Reads a whole file with every way it can fail named.</summary>
internal static class ModelFile
{
    /// <summary>The bytes of the file.</summary>
    /// <exception cref="ModelError">
    /// It is missing, unreadable, empty, a device, or larger than 2 GB.
    /// </exception>
    public static byte[] ReadAll(string path)
    {
        try
        {
            return ReadChecked(new FileInfo(path), path);
        }
        catch (FileNotFoundException error)
        {
            throw new ModelError(path, "no such file", error);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelError(path, $"cannot be read ({error.Message})", error);
        }
    }

    // A device or pipe has no length: it is refused before it is opened, since reading it may never end.
    private static byte[] ReadChecked(FileInfo file, string path)
    {
        if (Directory.Exists(path))
            throw new ModelError(path, "is a folder, it must be a file");
        if (file.Length == 0)
            throw new ModelError(path, "is empty or no regular file");
        if (file.Length > Array.MaxLength)
            throw ModelError.Unsupported(
                path, $"has {file.Length} bytes, at most {Array.MaxLength} are supported");
        byte[] bytes = new byte[file.Length];
        using FileStream stream = file.OpenRead();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
