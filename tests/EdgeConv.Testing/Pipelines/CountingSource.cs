using EdgeConv.Core;

namespace EdgeConv.Testing.Pipelines;

/// <summary>
/// Gives windows without end and counts which are out; then throws what it is told to, or ends.
/// </summary>
public sealed class CountingSource(bool isLive, int length = 4) : ISource
{
    private int _given;
    private int _released;
    private int _reading;

    /// <summary>Windows to give before the end; without end when negative.</summary>
    public int Count { get; init; } = -1;

    /// <summary>Thrown after <see cref="Count"/> windows, instead of the end.</summary>
    public Exception? Failure { get; init; }

    public int Given => Volatile.Read(ref _given);

    public int Released => Volatile.Read(ref _released);

    public bool IsBeingRead => Volatile.Read(ref _reading) != 0;

    public bool IsDisposed { get; private set; }

    public string Name => "counting";

    public bool IsLive => isLive;

    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reading);
        try
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            if (_given == Count)
                return Failure is null ? null : throw Failure;
            return Samples.Window(new float[length], 1, $"w{_given++}", _ => Interlocked.Increment(ref _released));
        }
        finally
        {
            Interlocked.Decrement(ref _reading);
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
