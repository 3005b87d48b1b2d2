using Xunit;

namespace EdgeConv.Core.Tests;

public sealed unsafe class GrowingMemoryTest
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void It_grows_where_it_is_and_keeps_what_is_there()
    {
        using GrowingMemory memory = new(64 * Megabyte);
        memory.Grow(1000);
        byte* start = memory.Start;
        new Span<byte>(start, 1000).Fill(7);
        memory.Grow(40 * Megabyte);
        Assert.True(start == memory.Start);
        Assert.Equal(40 * Megabyte, memory.Bytes);
        Span<byte> all = new(start, (int)memory.Bytes);
        Assert.Equal(-1, all[..1000].IndexOfAnyExcept((byte)7));
        Assert.Equal(-1, all[1000..].IndexOfAnyExcept((byte)0));
        all.Fill(1);
    }

    [Fact]
    public void It_never_shrinks()
    {
        using GrowingMemory memory = new(Megabyte);
        memory.Grow(5000);
        memory.Grow(10);
        Assert.Equal(5000, memory.Bytes);
    }

    [Fact]
    public void Reserved_addresses_are_no_memory()
    {
        long before = Environment.WorkingSet;
        GrowingMemory[] many = [.. Enumerable.Range(0, 50).Select(_ => new GrowingMemory(512 * Megabyte))];
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 64 * Megabyte);
        foreach (GrowingMemory memory in many)
            memory.Dispose();
    }

    [Fact]
    public void More_than_was_reserved_and_anything_after_the_end_are_refused()
    {
        GrowingMemory memory = new(Megabyte);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Grow(Megabyte + 1));
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.Grow(1));
    }
}
