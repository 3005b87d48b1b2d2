using EdgeConv.Core;

namespace EdgeConv.Gating.Events;

/// <summary>
/// Makes of a stream of gated samples events with a beginning, an end and a peak. Allocates nothing. Not
/// thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Evidence is the exponentially weighted mean of −ln p over the samples, S_t = S_{t−1} + w (−ln p_t −
/// S_{t−1}) with w = 2 / (N + 1) and S_0 = 1, the mean for uniform p; e^(−S) is a geometric moving average
/// of the p-values. An event begins when that average has fallen to the gate's α, and is over when it has
/// stayed above √α for <see cref="EventOptions.Gap"/>. Rises within that time are the same event.
/// </para>
/// <para>
/// Its first sample is the one at which the average last fell to √α, its last the last one with the average
/// at √α or below, its peak the one with the least p between them, the greatest distance among equals.
/// p-values mean the same for every member of a family, so an event goes on when the governor moves.
/// </para>
/// </remarks>
public sealed class EventTracker
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _gap;
    private readonly double _weight;
    private readonly double _high;
    private readonly double _low;
    private double _evidence = 1;
    private bool _isRaised;
    private long _countSinceLast;
    private GatedSample _oddestSinceLast;

    /// <param name="options">Smoothing and closing.</param>
    /// <param name="alpha">α of the gate, in (0,1).</param>
    /// <param name="time">The clock of <see cref="GatedSample.CapturedAt"/>.</param>
    public EventTracker(EventOptions options, double alpha, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Span, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(alpha, 1);
        _time = time;
        _gap = options.Gap;
        _weight = 2 / (options.Span + 1.0);
        _high = -Math.Log(alpha);
        _low = _high / 2;
    }

    /// <summary>Whether an event has begun and is not over.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>First sample of the event that is open, or was last.</summary>
    public GatedSample First { get; private set; }

    /// <summary>Its latest sample.</summary>
    public GatedSample Last { get; private set; }

    /// <summary>Its oddest sample.</summary>
    public GatedSample Peak { get; private set; }

    /// <summary>Samples from <see cref="First"/> to <see cref="Last"/>.</summary>
    public long Count { get; private set; }

    /// <summary>e^(−S), the geometric moving average of the p-values, in (0,1].</summary>
    public double SmoothedP => Math.Exp(-_evidence);

    /// <summary>Takes in the next sample.</summary>
    /// <returns>What it begins or ends; null for neither.</returns>
    public EventPhase? Observe(in GatedSample sample)
    {
        _evidence += _weight * (-Math.Log(sample.Gate.P) - _evidence);
        if (_evidence < _low)
            return Wait(sample);
        if (!_isRaised)
            Begin(sample);
        else
            Extend(sample);
        if (IsOpen || _evidence < _high)
            return null;
        IsOpen = true;
        return EventPhase.Start;
    }

    /// <summary>Ends the event that is open, because the stream ends.</summary>
    /// <returns>The end; null when none is open.</returns>
    public EventPhase? Close()
    {
        if (!IsOpen)
            return null;
        IsOpen = _isRaised = false;
        return EventPhase.End;
    }

    private void Begin(in GatedSample sample)
    {
        _isRaised = true;
        First = Last = Peak = sample;
        Count = 1;
        _countSinceLast = 0;
    }

    private void Extend(in GatedSample sample)
    {
        if (_countSinceLast != 0 && IsOdder(_oddestSinceLast.Gate, Peak.Gate))
            Peak = _oddestSinceLast;
        if (IsOdder(sample.Gate, Peak.Gate))
            Peak = sample;
        Last = sample;
        Count += _countSinceLast + 1;
        _countSinceLast = 0;
    }

    // Below the lower level: what comes may still turn out to lie within an event, so it is remembered.
    private EventPhase? Wait(in GatedSample sample)
    {
        _isRaised = IsOpen;
        if (!IsOpen)
            return null;
        if (_countSinceLast++ == 0 || IsOdder(sample.Gate, _oddestSinceLast.Gate))
            _oddestSinceLast = sample;
        return _time.GetElapsedTime(Last.CapturedAt, sample.CapturedAt) >= _gap ? Close() : null;
    }

    private static bool IsOdder(in GateReading reading, in GateReading than) =>
        reading.P < than.P || (reading.P == than.P && reading.Distance > than.Distance);
}
