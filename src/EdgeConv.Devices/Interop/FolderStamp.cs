using System.Runtime.InteropServices;

namespace EdgeConv.Devices.Interop;

/// <summary>
/// Tells without allocating whether a folder's entries have changed: opendir(3), readdir(3). The times of
/// folders in sysfs do not tell it.
/// </summary>
internal static unsafe partial class FolderStamp
{
    // struct dirent of 64-bit Linux: the inode at 0, the name at 19, ended by 0.
    private const int NameOffset = 19;
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>
    /// A number made of names and inodes, whatever their order; 0 when the folder is empty or not there.
    /// </summary>
    /// <param name="path">UTF-8 that ends in 0.</param>
    public static ulong Of(ReadOnlySpan<byte> path)
    {
        nint folder;
        fixed (byte* name = path)
            folder = OpenFolder(name);
        if (folder == 0)
            return 0;
        ulong stamp = 0;
        for (byte* entry = ReadEntry(folder); entry is not null; entry = ReadEntry(folder))
            stamp += StampOf(entry);
        _ = CloseFolder(folder);
        return stamp;
    }

    private static ulong StampOf(byte* entry)
    {
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            return 0;
        // FNV-1a.
        ulong hash = (Basis ^ *(ulong*)entry) * Prime;
        foreach (byte letter in name)
            hash = (hash ^ letter) * Prime;
        return hash;
    }

    [LibraryImport("libc", EntryPoint = "opendir")]
    private static partial nint OpenFolder(byte* path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadEntry(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
