using System.Runtime.InteropServices;

namespace EdgeConv.Kernels.Tests.Linear;

/// <summary>
/// Floats that end at a page nothing may touch: reading or writing behind them ends the test run.
/// </summary>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int ReadWrite = 3, PrivateAnonymous = 0x22;
    private readonly nint _mapping;
    private readonly nuint _size;

    public GuardedFloats(ReadOnlySpan<float> values)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint bytes = (nuint)values.Length * sizeof(float);
        nuint body = (bytes + page - 1) / page * page;
        _size = body + page;
        _mapping = MemoryMap(0, _size, ReadWrite, PrivateAnonymous, -1, 0);
        if (_mapping == -1 || MemoryProtect(_mapping + (nint)body, page, 0) != 0)
            throw new InvalidOperationException("no guarded memory");
        Start = (float*)(_mapping + (nint)(body - bytes));
        Length = values.Length;
        values.CopyTo(Span);
    }

    public float* Start { get; }

    public int Length { get; }

    public Span<float> Span => new(Start, Length);

    public void Dispose() => _ = MemoryUnmap(_mapping, _size);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MemoryMap(
        nint at, nuint size, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MemoryProtect(nint at, nuint size, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(nint at, nuint size);
}
