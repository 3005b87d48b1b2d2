using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Core;

/// <summary>
/// The SHA-256 of files, as 64 lower-case hexadecimal digits. What was read once in this process is not read
/// again for it, as long as the file is what it was. Thread-safe.
/// </summary>
public static class FileHashes
{
    private const int BlockBytes = 64 << 10;

    // Far more than a configuration names: they are forgotten so that they do not grow for ever.
    private const int MostKept = 1024;

    private static readonly ConcurrentDictionary<FileStamp, string> Known = new();

    /// <summary>The hash of a file in this state, if it is known.</summary>
    public static string? Find(FileStamp stamp) => Known.GetValueOrDefault(stamp);

    /// <summary>
    /// Keeps the hash of a file that is in this state, as it was before it was read; not that of a file which may
    /// still change without telling, see <see cref="FileStamp.IsSettled"/>.
    /// </summary>
    public static void Keep(FileStamp stamp, string hash)
    {
        if (!stamp.IsSettled)
            return;
        if (Known.Count >= MostKept)
            Known.Clear();
        Known[stamp] = hash;
    }

    /// <summary>The hash of a file; reads it where it must.</summary>
    /// <exception cref="IOException">It cannot be read, or is written to meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string Of(string path) => Of(path, out _);

    /// <summary>As <see cref="Of(string)"/>, and the state of the file.</summary>
    public static string Of(string path, out FileStamp stamp)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        stamp = FileStamp.Of(file);
        if (Find(stamp) is { } known)
            return known;
        string hash = Read(file);
        if (FileStamp.Of(file) is var now && (now.Written, now.Length) != (stamp.Written, stamp.Length))
            throw new IOException("was written to while it was read");
        Keep(stamp, hash);
        return hash;
    }

    private static string Read(SafeFileHandle file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockBytes];
        long offset = 0;
        for (int count = RandomAccess.Read(file, block, 0); count > 0; count = RandomAccess.Read(file, block, offset))
        {
            hash.AppendData(block, 0, count);
            offset += count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
