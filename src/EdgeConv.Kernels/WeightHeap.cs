using EdgeConv.Core;

namespace EdgeConv.Kernels;

/// <summary>
/// Memory of packed weights, side by side in chunks that grow with what there is, so that those of a large
/// model lie in large pages and those of a small one waste nothing. A chunk goes back to the kernel when the
/// last weights in it are freed. Thread-safe.
/// </summary>
internal static unsafe class WeightHeap
{
    private const long LeastChunkBytes = 256 << 10;
    private const long MostChunkBytes = 4 << 20;

    private static readonly Lock Gate = new();
    private static Chunk? _open;
    private static long _totalBytes;

    /// <summary>Takes zeroed memory, aligned to <see cref="Tensor.Alignment"/> bytes.</summary>
    /// <exception cref="OutOfMemoryException">There is none.</exception>
    public static byte* Allocate(long bytes, out Chunk chunk)
    {
        long placed = checked((Math.Max(bytes, 1) + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment);
        lock (Gate)
        {
            chunk = placed > _open?.Left || _open is null ? MakeChunk(placed) : _open;
            byte* data = chunk.Start + chunk.Used;
            chunk.Used += placed;
            chunk.Users++;
            return data;
        }
    }

    /// <summary>A chunk of its own that has one user.</summary>
    public static Chunk OwnChunk(long bytes)
    {
        lock (Gate)
        {
            _totalBytes += bytes;
            return new Chunk(LargeMemory.Allocate(bytes), bytes) { Users = 1 };
        }
    }

    /// <summary>Notes that the chunk has one more user.</summary>
    public static void Share(Chunk chunk)
    {
        lock (Gate)
            chunk.Users++;
    }

    /// <summary>Notes that one of the chunk's users is gone.</summary>
    public static void Free(Chunk chunk)
    {
        lock (Gate)
        {
            if (--chunk.Users > 0)
                return;
            if (_open == chunk)
                _open = null;
            _totalBytes -= chunk.Bytes;
            LargeMemory.Free(chunk.Start, chunk.Bytes);
        }
    }

    // What would leave most of the open chunk unused gets one of its own.
    private static Chunk MakeChunk(long placed)
    {
        long wanted = Math.Clamp(_totalBytes / 2, LeastChunkBytes, MostChunkBytes);
        bool isOwn = placed > wanted / 2;
        long bytes = isOwn ? placed : wanted;
        Chunk chunk = new(LargeMemory.Allocate(bytes), bytes);
        _totalBytes += bytes;
        if (!isOwn)
            _open = chunk;
        return chunk;
    }

    /// <summary>A piece of memory that several weights share.</summary>
    internal sealed class Chunk(byte* start, long bytes)
    {
        public byte* Start { get; } = start;

        public long Bytes { get; } = bytes;

        public long Used { get; set; }

        public int Users { get; set; }

        public long Left => Bytes - Used;
    }
}
