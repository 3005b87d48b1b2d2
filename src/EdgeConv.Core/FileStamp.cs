using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Core;

/// <summary>
/// What tells whether a file is still what it was, without reading it. The time of the last change of content
/// or properties cannot be set, so that a copy with the times of another file is told from it.
/// </summary>
/// <param name="Device">Number of the file system.</param>
/// <param name="Inode">Number of the file there.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Written">Last change of the content, in ns since 1970.</param>
/// <param name="Changed">Last change of content or properties, in ns since 1970.</param>
public readonly record struct FileStamp(long Device, long Inode, long Length, long Written, long Changed)
{
    // Kernels note times in steps of up to 10 ms, FAT file systems of 2 s.
    private const long CoarsestStep = 2_000_000_000;

    /// <summary>
    /// Whether a change of the file from now on is sure to change its stamp: false for one that has changed just
    /// now, or by a clock that is ahead of ours.
    /// </summary>
    public bool IsSettled => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - Changed > CoarsestStep;

    /// <summary>The stamp of an open file.</summary>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static FileStamp Of(SafeFileHandle file) =>
        FileStatus.Of(file)?.Stamp ?? throw new IOException("its properties cannot be read");
}
