using System.Runtime.InteropServices;
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
public readonly unsafe partial record struct FileStamp(
    long Device, long Inode, long Length, long Written, long Changed)
{
    private const int OfTheFileItself = 0x1000;
    private const uint BasicFields = 0x7FF;

    /// <summary>The stamp of an open file.</summary>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static FileStamp Of(SafeFileHandle file)
    {
        StatusX status;
        if (Statx(file, "", OfTheFileItself, BasicFields, &status) != 0)
            throw new IOException("its properties cannot be read");
        return new FileStamp(
            ((long)status.DeviceMajor << 32) | status.DeviceMinor,
            (long)status.Inode,
            (long)status.Length,
            status.Written.Nanoseconds,
            status.Changed.Nanoseconds);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle file, string path, int flags, uint mask, StatusX* status);

    /// <summary>struct statx_timestamp of linux/stat.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Timestamp
    {
        public long Seconds;
        public uint Fraction;
        public int Reserved;

        public readonly long Nanoseconds => unchecked((Seconds * 1_000_000_000) + Fraction);
    }

    /// <summary>struct statx of linux/stat.h; only the fields that are read are named.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatusX
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Length;

        [FieldOffset(96)]
        public Timestamp Changed;

        [FieldOffset(112)]
        public Timestamp Written;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
