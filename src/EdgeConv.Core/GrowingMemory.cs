using System.Runtime.InteropServices;

namespace EdgeConv.Core;

/// <summary>
/// Zeroed memory that grows where it is: addresses are reserved for the most that it may become, and memory
/// is taken from the kernel for what it has grown to, in pages of 2 MiB as far as they fit. Not thread-safe.
/// </summary>
public sealed unsafe partial class GrowingMemory : IDisposable
{
    private readonly long _most;
    private byte* _reserved;

    /// <summary>Reserves addresses.</summary>
    /// <param name="most">Bytes that it may grow to.</param>
    /// <exception cref="OutOfMemoryException">The process has no such stretch of addresses left.</exception>
    public GrowingMemory(long most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        _most = most;
        _reserved = LargeMemory.Map(ReservedBytes, LargeMemory.NoAccess);
        Start = LargeMemory.AlignUp(_reserved);
    }

    /// <summary>Gives memory and addresses back where nobody did.</summary>
    ~GrowingMemory() => Release();

    /// <summary>First byte, aligned to <see cref="LargeMemory.PageBytes"/>; it never moves.</summary>
    public byte* Start { get; }

    /// <summary>Bytes that may be read and written.</summary>
    public long Bytes { get; private set; }

    private long ReservedBytes => _most + LargeMemory.PageBytes;

    /// <summary>Grows to at least <paramref name="bytes"/>; what is there stays as it is.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public void Grow(long bytes)
    {
        ObjectDisposedException.ThrowIf(_reserved is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _most);
        if (bytes <= Bytes)
            return;
        if (Protect(Start, (nuint)LargeMemory.RoundToPages(bytes), LargeMemory.ReadWrite) != 0)
            throw new InsufficientMemoryException();
        LargeMemory.AdviseLargePages(Start, bytes);
        Bytes = bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_reserved is not null)
            LargeMemory.Free(_reserved, ReservedBytes);
        _reserved = null;
        Bytes = 0;
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(byte* at, nuint bytes, int access);
}
