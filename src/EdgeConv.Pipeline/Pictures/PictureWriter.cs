using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>
/// Paints pictures, shows and publishes them, on a thread of its own. A frame is copied and the caller goes on;
/// one that is waiting makes room for a newer one.
/// </summary>
/// <remarks>
/// Three frames: one that waits, one that is being painted, and one to copy into. In steady state
/// <see cref="Offer"/> allocates nothing and waits for nobody.
/// </remarks>
internal sealed class PictureWriter : IDisposable
{
    private const int PreviewQuality = 75;
    private readonly string _pipeline;
    private readonly SnapshotOptions? _snapshots;
    private readonly IPreview? _preview;
    private readonly IPictureEncoder _encoder;
    private readonly PicturePainter _painter = new();
    private readonly SnapshotMaker _maker;
    private readonly ISink _sink;
    private readonly Action<string> _onProblem;
    private readonly TimeProvider _time;
    private readonly Pacer _pacer;
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private ShownFrame _spare = new();
    private ShownFrame _waiting = new();
    private ShownFrame _painted = new();
    private long? _snapshotAt;
    private bool _isWaiting;
    private volatile bool _isDisposed;

    /// <param name="parts">Name, sink and clock, and what pictures are for.</param>
    /// <param name="encoder">Compresses pictures.</param>
    /// <param name="onProblem">Told why a picture was not made, on the thread of this writer.</param>
    public PictureWriter(PipelineParts parts, IPictureEncoder encoder, Action<string> onProblem)
    {
        _onProblem = onProblem;
        _pipeline = parts.Name;
        _snapshots = parts.Snapshots;
        _preview = parts.Preview;
        _sink = parts.Sink;
        _time = parts.Time;
        _pacer = new Pacer(parts.Time);
        _encoder = encoder;
        _maker = new SnapshotMaker(encoder, _painter);
        _thread = new Thread(Run)
        {
            IsBackground = true,
            Name = "pictures",
            Priority = ThreadPriority.BelowNormal,
        };
        _thread.Start();
    }

    /// <summary>
    /// Takes a copy of a frame, unless nobody wants it now. One caller at a time.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="member">What has looked at it, whose session still holds the outputs.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="sequence">Sequence number of the result.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Offer(Frame frame, FamilyMember member, in Outcome outcome, long sequence)
    {
        PictureUse use = UseOf(outcome);
        if (use == PictureUse.None || !MayReplaceWaiting(use))
            return false;
        try
        {
            Take(frame, member, outcome, sequence, use);
            return true;
        }
        catch (Exception error)
        {
            // The result is on its way all the same.
            _onProblem($"picture: {error.GetType().Name}: {error.Message}");
            return false;
        }
    }

    private void Take(Frame frame, FamilyMember member, in Outcome outcome, long sequence, PictureUse use)
    {
        if (Has(use, PictureUse.Snapshot))
            _snapshotAt = _time.GetTimestamp();
        if (Has(use, PictureUse.Preview))
            _pacer.Pass(_preview!.RateHertz);
        _spare.Take(frame, member, outcome, sequence, use);
        lock (_lock)
        {
            (_waiting, _spare) = (_spare, _waiting);
            _isWaiting = true;
        }

        _wake.Set();
    }

    /// <summary>Paints what waits, and ends the thread.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private PictureUse UseOf(in Outcome outcome)
    {
        PictureUse use = PictureUse.None;
        if (_snapshots is { } snapshots && IsSubject(snapshots.Of, outcome)
            && (_snapshotAt is not { } last || _time.GetElapsedTime(last) >= snapshots.Interval))
            use |= PictureUse.Snapshot;
        if (_preview is { IsWatched: true } preview && _pacer.UntilDue(preview.RateHertz) <= TimeSpan.Zero)
            use |= PictureUse.Preview;
        return use;
    }

    private static bool Has(PictureUse uses, PictureUse use) => (uses & use) != 0;

    private static bool IsSubject(SnapshotSubject subject, in Outcome outcome)
    {
        bool isOdd = outcome.Gate is { Verdict: Verdict.Ood };
        return subject switch
        {
            SnapshotSubject.Odd => isOdd,
            SnapshotSubject.Found => isOdd || outcome.Prediction.Boxes.Count > 0,
            _ => true,
        };
    }

    // What is to be published has waited for its turn and is not given up for one that is only to be shown.
    private bool MayReplaceWaiting(PictureUse use)
    {
        lock (_lock)
            return !_isWaiting || Has(use, PictureUse.Snapshot) || !Has(_waiting.Use, PictureUse.Snapshot);
    }

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne();
            if (TryTake())
                Paint();
            if (_isDisposed)
                return;
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
            Canvas canvas = _painter.Paint(_painted, PicturePainter.SideOf(_painted));
            if (Has(_painted.Use, PictureUse.Preview))
                _preview!.Show(_encoder.EncodeJpeg(canvas.Pixels, canvas.Width, canvas.Height, PreviewQuality));
            if (Has(_painted.Use, PictureUse.Snapshot))
                Publish(canvas);
        }
        catch (Exception error)
        {
            _onProblem($"picture: {error.GetType().Name}: {error.Message}");
        }
    }

    private void Publish(Canvas canvas)
    {
        if (_maker.Make(_painted, canvas, _pipeline) is { } snapshot)
            _sink.Publish(snapshot with { Expiry = _snapshots!.Expiry });
        else
            _onProblem($"snapshot: takes more than {SnapshotMaker.MostBytes} bytes even when it is small");
    }
}
