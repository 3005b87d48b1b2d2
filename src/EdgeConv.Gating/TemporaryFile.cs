using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Files that take the place of others once they are written. Each writer has a shared flock(2) of its own
/// until it is in place, which readers do not mind; those of writers that were killed are known by being free.
/// </summary>
public static class TemporaryFile
{
    /// <summary>EAGAIN: what .NET makes the error of a file that another process has locked.</summary>
    internal const int WouldBlock = 11;

    private const string Ending = ".tmp";
    private const int MostAttempts = 5;

    /// <summary>
    /// Writes a file through a temporary one beside it, whole or not at all. A link stays one, and what it leads
    /// to is written; what is replaced keeps its permissions.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="like">
    /// Another file whose permissions it gets; null for its own, and the usual ones of a new file.
    /// </param>
    /// <exception cref="IOException">It cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, string? like = null)
    {
        string target = TargetOf(path);
        FilePermissions? permissions = FilePermissions.Of(like ?? target);
        int attempt = 1;
        while (!TryReplace(target, bytes, permissions, isLast: attempt == MostAttempts))
            attempt++;
    }

    /// <summary>
    /// The absolute path that a file is written to, behind all links, though nothing need be there.
    /// </summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string TargetOf(string path)
    {
        string full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null
            ? full
            : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    /// <summary>Deletes what killed writers of a file have left beside it.</summary>
    internal static void DeleteAbandoned(string path)
    {
        try
        {
            string full = TargetOf(path);
            foreach (string file in Directory.GetFiles(Path.GetDirectoryName(full)!, $"*{Ending}"))
            {
                if (IsOf(full, file))
                    DeleteUnlessLocked(file);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed keeps them.
        }
    }

    /// <summary>Deletes a file, if that is possible.</summary>
    internal static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A leftover does less harm than the end of what is under way.
        }
    }

    // False when another process took the temporary file for an abandoned one, before it was locked.
    private static bool TryReplace(
        string full, ReadOnlySpan<byte> bytes, FilePermissions? permissions, bool isLast)
    {
        string temporary = $"{full}.{Guid.NewGuid():N}{Ending}";
        try
        {
            using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
            permissions?.GiveTo(stream.SafeFileHandle);
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
            File.Move(temporary, full, overwrite: true);
            return true;
        }
        catch (IOException problem) when (!isLast && IsTaken(temporary, problem))
        {
            return false;
        }
        finally
        {
            // After the move there is none.
            DeleteQuietly(temporary);
        }
    }

    private static bool IsTaken(string temporary, IOException problem) => problem.HResult == WouldBlock
        || (!File.Exists(temporary) && Directory.Exists(Path.GetDirectoryName(temporary)));

    private static bool IsOf(string full, string file) =>
        file.StartsWith($"{full}.", StringComparison.Ordinal)
        && file.Length > full.Length + 1 + Ending.Length
        && Guid.TryParseExact(file[(full.Length + 1)..^Ending.Length], "N", out _);

    private static void DeleteUnlessLocked(string file)
    {
        try
        {
            using FileStream held = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It is being written, or not ours to delete.
        }
    }
}
