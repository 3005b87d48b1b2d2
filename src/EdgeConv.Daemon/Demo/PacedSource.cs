using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>A live source that makes one sample every 1/rate seconds.</summary>
internal abstract class PacedSource : ISource
{
    private readonly PeriodicTimer _timer;
    private readonly TimeProvider _time;

    protected PacedSource(string name, double rateHertz, TimeProvider time)
    {
        Name = name;
        _time = time;
        _timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / rateHertz), time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        if (!await _timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            return null;
        Sample sample = Make(new Stamp(_time.GetUtcNow(), _time.GetTimestamp(), Count));
        Count++;
        return sample;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _timer.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Samples made so far.</summary>
    protected long Count { get; private set; }

    /// <summary>Makes the next sample.</summary>
    protected abstract Sample Make(Stamp stamp);
}

/// <summary>When a sample was captured, and which it is.</summary>
internal readonly record struct Stamp(DateTimeOffset Timestamp, long CapturedAt, long Sequence);
