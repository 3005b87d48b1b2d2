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
    // The names' hash is FNV-1a, mixed by the finalizer of MurmurHash3.
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
        ulong hash = Basis;
        foreach (byte letter in name)
            hash = (hash ^ letter) * Prime;
        // Names differ in their last digit only: without mixing, those that swap inodes have the same sum.
        return Mix(hash ^ Mix(*(ulong*)entry));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }

    [LibraryImport("libc", EntryPoint = "opendir")]
    private static partial nint OpenFolder(byte* path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial byte* ReadEntry(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
