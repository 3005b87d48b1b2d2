using EdgeConv.Core;

namespace EdgeConv.Gating.Events;

/// <summary>
/// Makes of a stream of gated samples events with a beginning, an end and a peak. Allocates nothing. Not
/// thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Evidence is the exponentially weighted mean of −ln p over the samples, S_t = S_{t−1} + w (−ln p_t −
/// S_{t−1}) with w = 2 / (N + 1); e^(−S) is a geometric moving average of the p-values. For independent
/// uniform p, −ln p has mean 1 and variance 1, so S has mean 1 = S_0 and variance σ² = w / (2 − w).
/// </para>
/// <para>
/// An event begins when S reaches H = max(−0.98 ln t, 1 + 4σ), or −0.98 ln t without smoothing (N = 1), t the
/// p-value up to which the gate flags: when the average has nearly fallen to t, which one that never goes
/// below t only approaches, and above where ordinary samples take it for whatever t. It is over when <see cref="EventOptions.Gap"/> has
/// passed since S, having reached H, fell below L = (1 + H) / 2, half way back to ordinary; what reaches H
/// within that time is the same event, what only crosses L is not. Independent uniform p begin an event in
/// some 45 of a million samples at N = 10 and t = 5 %.
/// </para>
/// <para>
/// Its first sample is the one at which S last rose to L, its last the last one at L or above, its peak the
/// one with the least p between them, the greatest distance among equals. p-values mean the same for every
/// member of a family, so an event goes on when the governor moves.
/// </para>
/// </remarks>
public sealed class EventTracker
{
    private const double Nearly = 0.98;
    private const double Deviations = 4;

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
    /// <param name="threshold">The gate's <see cref="MahalanobisGate.Threshold"/> t, in (0,1).</param>
    /// <param name="time">The clock of <see cref="GatedSample.CapturedAt"/>.</param>
    public EventTracker(EventOptions options, double threshold, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Span, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(threshold, 1);
        _time = time;
        _gap = options.Gap;
        _weight = 2 / (options.Span + 1.0);
        _high = -Nearly * Math.Log(threshold);
        if (options.Span > 1)
            _high = Math.Max(_high, 1 + (Deviations * Math.Sqrt(_weight / (2 - _weight))));
        _low = (1 + _high) / 2;
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
        return IsOpen ? Continue(sample) : Await(sample);
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

    // None is open, but one may have begun.
    private EventPhase? Await(in GatedSample sample)
    {
        if (_evidence < _low)
        {
            _isRaised = false;
            return null;
        }

        if (_isRaised)
            Extend(sample);
        else
            Begin(sample);
        IsOpen = _evidence >= _high;
        return IsOpen ? EventPhase.Start : null;
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

    // What comes when the event seems to be over may still turn out to lie within it, so it is remembered.
    private EventPhase? Continue(in GatedSample sample)
    {
        _isRaised = _evidence >= _high || (_isRaised && _evidence >= _low);
        if (_isRaised)
        {
            Extend(sample);
            return null;
        }

        if (_countSinceLast++ == 0 || IsOdder(sample.Gate, _oddestSinceLast.Gate))
            _oddestSinceLast = sample;
        return _time.GetElapsedTime(Last.CapturedAt, sample.CapturedAt) >= _gap ? Close() : null;
    }

    private static bool IsOdder(in GateReading reading, in GateReading than) =>
        reading.P < than.P || (reading.P == than.P && reading.Distance > than.Distance);
}
