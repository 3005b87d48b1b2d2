using System.Runtime.InteropServices;

namespace EdgeConv.Core;

/// <summary>
/// Zeroed memory from the kernel in pages of 2 MiB as far as they fit and the kernel has them, of its own size
/// otherwise: fresh memory costs a fault a page, and weights that are read from end to end an entry of the
/// translation buffer a page. It goes back to the kernel as soon as it is freed.
/// </summary>
public static unsafe partial class LargeMemory
{
    /// <summary>Size of a large page, to which memory is aligned.</summary>
    public const long PageBytes = 2L << 20;

    internal const int NoAccess = 0;
    internal const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int LargePages = 14;
    private static readonly byte* Failed = (byte*)-1;

    /// <summary>Takes memory; give it back by <see cref="Free"/> with the same size.</summary>
    /// <exception cref="OutOfMemoryException">There is none.</exception>
    public static byte* Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        long reserved = bytes + PageBytes;
        byte* start = Map(reserved, ReadWrite);
        byte* aligned = AlignUp(start);
        byte* end = aligned + RoundToPages(bytes);
        if (aligned > start)
            _ = Unmap(start, (nuint)(aligned - start));
        if (start + reserved > end)
            _ = Unmap(end, (nuint)(start + reserved - end));
        AdviseLargePages(aligned, bytes);
        return aligned;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(byte* memory, long bytes) => _ = Unmap(memory, (nuint)RoundToPages(bytes));

    /// <summary>Fresh addresses from the kernel.</summary>
    /// <exception cref="OutOfMemoryException">There are none.</exception>
    internal static byte* Map(long bytes, int access)
    {
        byte* start = Map(null, (nuint)bytes, access, PrivateAnonymous, -1, 0);
        return start != Failed ? start : throw new InsufficientMemoryException();
    }

    /// <summary>The next address at which a large page can begin.</summary>
    internal static byte* AlignUp(byte* address) =>
        (byte*)(((nuint)address + (nuint)PageBytes - 1) & ~((nuint)PageBytes - 1));

    /// <summary>Asks for large pages as far as they fit.</summary>
    internal static void AdviseLargePages(byte* aligned, long bytes)
    {
        long whole = bytes / PageBytes * PageBytes;
        if (whole > 0)
            _ = Advise(aligned, (nuint)whole, LargePages);
    }

    internal static long RoundToPages(long bytes)
    {
        long page = Environment.SystemPageSize;
        return (bytes + page - 1) / page * page;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(byte* at, nuint bytes, int access, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* at, nuint bytes);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* at, nuint bytes, int advice);
}
