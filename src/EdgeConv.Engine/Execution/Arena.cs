using EdgeConv.Core;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// The block that the activations of several sessions live in, of which one runs at a time: as large as the
/// greatest of them needs. It grows while sessions are loaded, and never moves.
/// </summary>
/// <remarks>
/// Outputs, taps and maps of a session hold until the next run of any session in the arena. Its memory goes
/// back when the last session and the arena itself are disposed; that may happen on any thread.
/// </remarks>
public sealed unsafe class Arena : IDisposable
{
    private readonly Lock _lock = new();
    private GrowingMemory? _memory;
    private long _bytes;
    private int _sessions;
    private bool _isDisposed;

    /// <summary>Bytes of the greatest session so far.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>Whether it holds memory.</summary>
    internal bool IsMapped
    {
        get
        {
            lock (_lock)
                return _memory is not null;
        }
    }

    /// <summary>Memory for one more session.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    internal byte* Enter(long bytes)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _memory ??= new GrowingMemory(ModelCompiler.MaximumBytes + Tensor.TailPadding);
            _memory.Grow(bytes + Tensor.TailPadding);
            _bytes = Math.Max(_bytes, bytes);
            _sessions++;
            return _memory.Start;
        }
    }

    /// <summary>A session that has entered does not run any more.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            _sessions--;
            FreeUnused();
        }
    }

    /// <summary>No further session enters.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            FreeUnused();
        }
    }

    private void FreeUnused()
    {
        if (!_isDisposed || _sessions > 0)
            return;
        _memory?.Dispose();
        _memory = null;
    }
}
