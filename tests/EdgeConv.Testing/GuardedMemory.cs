using System.Runtime.InteropServices;

namespace EdgeConv.Testing;

/// <summary>
/// Memory between two pages that must not be touched: an access one byte before its first or behind its last
/// byte ends the process with a segmentation fault. Buffers are placed flush against either page.
/// </summary>
public sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _start;
    private readonly nuint _length;
    private readonly nuint _total;

    /// <summary>Maps at least <paramref name="bytes"/> bytes, rounded up to whole pages.</summary>
    public GuardedMemory(long bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _length = ((nuint)bytes + page - 1) / page * page;
        _total = _length + (2 * page);
        nint mapped = Map(0, _total, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == -1)
            throw new InvalidOperationException($"mmap: {Marshal.GetLastPInvokeErrorMessage()}");
        _start = (byte*)mapped + page;
        if (Protect(mapped, page, 0) != 0 || Protect((nint)(_start + _length), page, 0) != 0)
            throw new InvalidOperationException($"mprotect: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Bytes that may be touched.</summary>
    public long Length => (long)_length;

    /// <summary>A buffer whose first byte follows the forbidden page.</summary>
    public T* AtStart<T>(int count) where T : unmanaged
    {
        Require<T>(count);
        return (T*)_start;
    }

    /// <summary>A buffer whose last byte precedes the forbidden page.</summary>
    public T* AtEnd<T>(int count) where T : unmanaged
    {
        Require<T>(count);
        return (T*)(_start + _length) - count;
    }

    /// <summary>A copy of <paramref name="values"/> that ends where the forbidden page begins.</summary>
    public T* AtEnd<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        T* place = AtEnd<T>(values.Length);
        values.CopyTo(new Span<T>(place, values.Length));
        return place;
    }

    /// <summary>A copy of <paramref name="values"/> that starts where the forbidden page ends.</summary>
    public T* AtStart<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        T* place = AtStart<T>(values.Length);
        values.CopyTo(new Span<T>(place, values.Length));
        return place;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Unmap((nint)(_start - ((_total - _length) / 2)), _total);

    private void Require<T>(int count) where T : unmanaged
    {
        if ((long)count * sizeof(T) > Length)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"only {Length} bytes are mapped");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(
        nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
