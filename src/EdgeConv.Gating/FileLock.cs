using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Keeps the writing of a file to one process: an exclusive flock(2) of a file beside it, which the kernel
/// takes back however the process ends.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>The empty file that is locked, beside the other.</summary>
    public static string PathOf(string path) => $"{Path.GetFullPath(path)}.lock";

    /// <summary>
    /// Takes the lock, and deletes what killed writers have left of this file but the file itself.
    /// </summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <param name="busy">What to say where another process has the lock.</param>
    /// <param name="noLock">What to say where something else stands in the lock's place.</param>
    /// <exception cref="FingerprintError">
    /// Another process has it, what stands there is no lock, or no file can be written there.
    /// </exception>
    public static FileLock Take(string path, string busy, string noLock)
    {
        string lockPath = PathOf(path);
        if (BoundedFile.IsTaken(lockPath) || FileStatus.Of(lockPath) is { Stamp.Length: > 0 })
            throw new FingerprintError(lockPath, noLock);
        try
        {
            while (true)
            {
                FileStream file = new(
                    lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
                // Between opening and locking, who had it may have deleted it.
                if (IsAt(file, lockPath))
                {
                    TemporaryFile.DeleteAbandoned(path);
                    return new FileLock(file);
                }

                file.Dispose();
            }
        }
        catch (IOException problem) when (problem.HResult == TemporaryFile.WouldBlock)
        {
            throw new FingerprintError(path, busy);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"cannot be locked: {problem.Message}", problem);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        // While it is still held: the next one to open the name makes a file of its own.
        TemporaryFile.DeleteQuietly(_file.Name);
        _file.Dispose();
    }

    private static bool IsAt(FileStream file, string path) =>
        FileStatus.Of(file.SafeFileHandle) is { Stamp: var held } && FileStatus.Of(path) is { Stamp: var named }
        && (held.Device, held.Inode) == (named.Device, named.Inode);
}
