using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Snapshots;

/// <summary>
/// Paints and publishes snapshots on a thread of its own. A frame is copied and the caller goes on; one that
/// is waiting makes room for a newer one.
/// </summary>
/// <remarks>
/// Three frames: one that waits, one that is being painted, and one to copy into. In steady state
/// <see cref="Offer"/> allocates nothing and waits for nobody.
/// </remarks>
internal sealed class SnapshotWriter : IDisposable
{
    private readonly string _pipeline;
    private readonly TimeSpan _interval;
    private readonly SnapshotPainter _painter;
    private readonly ISink _sink;
    private readonly Action<string> _onProblem;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private OddFrame _spare = new();
    private OddFrame _waiting = new();
    private OddFrame _painted = new();
    private long? _offeredAt;
    private bool _isWaiting;
    private volatile bool _isDisposed;

    /// <param name="parts">Name, sink and clock.</param>
    /// <param name="options">How often.</param>
    /// <param name="encoder">Compresses pictures.</param>
    /// <param name="onProblem">Told why a picture was not made, on the thread of this writer.</param>
    public SnapshotWriter(
        PipelineParts parts, SnapshotOptions options, IPictureEncoder encoder, Action<string> onProblem)
    {
        _onProblem = onProblem;
        _pipeline = parts.Name;
        _interval = options.Interval;
        _sink = parts.Sink;
        _time = parts.Time;
        _painter = new SnapshotPainter(encoder);
        _thread = new Thread(Run)
        {
            IsBackground = true,
            Name = "snapshots",
            Priority = ThreadPriority.BelowNormal,
        };
        _thread.Start();
    }

    /// <summary>
    /// Takes a copy of an odd frame, unless one was taken within the interval. One caller at a time.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="map">What the map says of it.</param>
    /// <param name="mapping">From the model's input to the frame.</param>
    /// <param name="region">Where it is odd; null when no position stands out.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Offer(Frame frame, MapGate map, in ImageMapping mapping, OddRegion? region)
    {
        if (_offeredAt is { } last && _time.GetElapsedTime(last) < _interval)
            return false;
        _offeredAt = _time.GetTimestamp();
        _spare.Take(frame, map, mapping, region);
        lock (_lock)
        {
            (_waiting, _spare) = (_spare, _waiting);
            _isWaiting = true;
        }

        _wake.Set();
        return true;
    }

    /// <summary>Ends the thread; what waits is not painted any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne();
            if (_isDisposed)
                return;
            if (TryTake())
                Paint();
        }
    }

    private bool TryTake()
    {
        lock (_lock)
        {
            if (!_isWaiting)
                return false;
            (_painted, _waiting) = (_waiting, _painted);
            _isWaiting = false;
            return true;
        }
    }

    // A picture that cannot be painted costs itself, not the process.
    private void Paint()
    {
        try
        {
            if (_painter.Paint(_painted, _pipeline) is { } snapshot)
                _sink.Publish(snapshot);
            else
                _onProblem($"snapshot: takes more than {SnapshotPainter.MostBytes} bytes even when it is small");
        }
        catch (Exception error)
        {
            _onProblem($"snapshot: {error.GetType().Name}: {error.Message}");
        }
    }
}
