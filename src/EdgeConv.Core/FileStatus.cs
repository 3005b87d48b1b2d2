using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Core;

/// <summary>What a file is.</summary>
public enum FileKind
{
    /// <summary>A block device or a socket.</summary>
    Other,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A named pipe.</summary>
    Pipe,

    /// <summary>A character device.</summary>
    CharacterDevice,
}

/// <summary>
/// What the kernel knows of a file, asked without opening it: opening a pipe waits for its writer. statx(2).
/// </summary>
/// <param name="Kind">What it is, behind all links.</param>
/// <param name="Stamp">Its state.</param>
/// <param name="Permissions">Who may do what with it.</param>
public readonly unsafe partial record struct FileStatus(
    FileKind Kind, FileStamp Stamp, FilePermissions Permissions)
{
    private const int PermissionMask = 0xFFF;
    private const int OfTheFileItself = 0x1000;
    private const uint BasicFields = 0x7FF;
    private const int TypeMask = 0xF000;

    private static readonly SafeFileHandle WorkingFolder = new(-100, ownsHandle: false);

    /// <summary>Of what a path names; null when nothing is there that this process may see.</summary>
    public static FileStatus? Of(string path) => Ask(WorkingFolder, path, 0);

    /// <summary>Of an open file; null when the kernel does not tell.</summary>
    public static FileStatus? Of(SafeFileHandle file) => Ask(file, "", OfTheFileItself);

    /// <summary>True for a named pipe or a character device: a writer that delivers when it likes.</summary>
    public static bool IsStream(string path) => Of(path)?.Kind is FileKind.Pipe or FileKind.CharacterDevice;

    private static FileStatus? Ask(SafeFileHandle folder, string path, int flags)
    {
        StatusX status;
        if (Statx(folder, path, flags, BasicFields, &status) != 0)
            return null;
        FileStamp stamp = new(
            ((long)status.DeviceMajor << 32) | status.DeviceMinor,
            (long)status.Inode,
            (long)status.Length,
            status.Written.Nanoseconds,
            status.Changed.Nanoseconds);
        UnixFileMode mode = (UnixFileMode)(status.Mode & PermissionMask);
        return new FileStatus(KindOf(status.Mode), stamp, new FilePermissions(mode, status.User, status.Group));
    }

    private static FileKind KindOf(ushort mode) => (mode & TypeMask) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Folder,
        0x1000 => FileKind.Pipe,
        0x2000 => FileKind.CharacterDevice,
        _ => FileKind.Other,
    };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(
        SafeFileHandle folder, string path, int flags, uint mask, StatusX* status);

    /// <summary>struct statx_timestamp of linux/stat.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Timestamp
    {
        public long Seconds;
        public uint Fraction;
        public int Reserved;

        public readonly long Nanoseconds => unchecked((Seconds * 1_000_000_000) + Fraction);
    }

    /// <summary>struct statx of linux/stat.h; only the fields that are read are named.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatusX
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

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
