using EdgeConv.Core;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Engine.Onnx;

/// <summary>A model in a file, with every way that reading it can fail named.</summary>
/// <remarks>
/// The file is read, not mapped: a mapping whose file is cut short, or whose card is pulled out, kills the
/// process at its next access. See <c>src/decisions/0006-plan-cache.md</c>.
/// </remarks>
internal sealed class FileSource : ModelSource
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    /// <summary>Opens the file.</summary>
    /// <exception cref="ModelError">
    /// It is missing, unreadable, empty, a device, or larger than 2 GB.
    /// </exception>
    public FileSource(string path)
    {
        _path = path;
        _file = Guard(path, () => OpenChecked(new FileInfo(path), path));
        Stamp = Guard(path, () => FileStamp.Of(_file));
    }

    /// <summary>What the file was when it was opened.</summary>
    public FileStamp Stamp { get; }

    /// <inheritdoc/>
    public override long Length => Stamp.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = ReadSome(offset, target);
            if (count == 0)
                throw new ModelError(_path, "has become shorter while it was read");
            offset += count;
            target = target[count..];
        }
    }

    /// <inheritdoc/>
    public override void CheckUnchanged()
    {
        FileStamp now = Guard(_path, () => FileStamp.Of(_file));
        if (now.Written != Stamp.Written || now.Length != Stamp.Length)
            throw new ModelError(_path, "was written to while it was read");
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    private int ReadSome(long offset, Span<byte> target)
    {
        try
        {
            return RandomAccess.Read(_file, target, offset);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelError(_path, $"cannot be read ({error.Message})", error);
        }
    }

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
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
    private static SafeFileHandle OpenChecked(FileInfo file, string path)
    {
        if (Directory.Exists(path))
            throw new ModelError(path, "is a folder, it must be a file");
        if (file.Length == 0)
            throw new ModelError(path, "is empty or no regular file");
        if (file.Length > Array.MaxLength)
            throw ModelError.Unsupported(
                path, $"has {file.Length} bytes, at most {Array.MaxLength} are supported");
        return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
    }
}
