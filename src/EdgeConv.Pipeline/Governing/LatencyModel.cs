using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// What latency each point of a frontier would have now. The service time of a point is its profile's, times what the
/// profile is off by for this point, times the slowdown of the machine at this moment (another process, a lower
/// clock), which is the same for all points; its 99 % quantile is larger by a ratio that is learned from all results.
/// Not thread-safe.
/// </summary>
internal sealed class LatencyModel
{
    /// <summary>Results at a point from which the machine's slowdown is told anew.</summary>
    public const int LeastEvidence = 8;

    private const double Quantile = 0.99;
    private const double FirstSpread = 0.15;

    // Less is jitter: rates that follow from the interval stay what they are.
    private const double IntervalTolerance = 0.05;

    // A median of the latest few strays; what is decided rests on the mean of many of them.
    private const double Memory = 20;

    // Share of a surprise after a move that is put down to the profile of the new point, not to the machine.
    private const double CorrectionShare = 0.7;
    private static readonly TimeSpan s_halfLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_decayStep = TimeSpan.FromSeconds(10);
    private readonly Frontier _frontier;
    private readonly double[] _corrections;
    private readonly MedianWindow _ratios = new();
    private readonly MedianWindow _intervals = new();
    private readonly QuantileTracker _spread = new(Quantile, FirstSpread, 0.008);
    private readonly QuantileTracker _waiting = new(Quantile, 0, 2e-4);
    private long _arrivedAt;
    private bool _isMoved;
    private long _decayedAt;

    /// <param name="frontier">The points.</param>
    public LatencyModel(Frontier frontier)
    {
        _frontier = frontier;
        _corrections = new double[frontier.Count];
        Array.Fill(_corrections, 1);
    }

    /// <summary>Service time of the latest results over what the profile says.</summary>
    public double Slowdown { get; private set; } = 1;

    /// <summary>Natural logarithm of the 99 % quantile of service times over their median; at least 0.</summary>
    public double Spread => Math.Max(_spread.Value, 0);

    /// <summary>Time between samples as they come, at the median; zero before there are enough.</summary>
    public TimeSpan Interval { get; private set; }

    /// <summary>Takes in when a sample came, whether it is worked on or not.</summary>
    /// <param name="capturedAt">Timestamp of <paramref name="time"/>.</param>
    /// <param name="time">Clock.</param>
    public void Arrive(long capturedAt, TimeProvider time)
    {
        if (_arrivedAt != 0)
            _intervals.Add(time.GetElapsedTime(_arrivedAt, capturedAt).TotalSeconds);
        _arrivedAt = capturedAt;
        if (_intervals.Count < MedianWindow.Length / 3)
            return;
        TimeSpan median = TimeSpan.FromSeconds(Math.Max(0, _intervals.Median()));
        if ((median - Interval).Duration() > Interval * IntervalTolerance)
            Interval = median;
    }

    /// <summary>Takes in the latency of a result of point <paramref name="point"/>.</summary>
    public void Observe(int point, in Latency latency)
    {
        TimeSpan service = latency.Total - latency.Queue;
        _ratios.Add(Math.Max(service / _frontier[point].Service, 1e-3));
        if (_ratios.Count == MedianWindow.Length)
            _spread.Add(Math.Log(_ratios.Middle / _ratios.Median()));
        if (service < Interval)
            _waiting.Add(latency.Queue.TotalSeconds);
        if (_ratios.Count < LeastEvidence)
            return;
        double slowdown = SlowdownOf(point);
        Slowdown *= Math.Pow(slowdown / Slowdown, 1 / Memory);
    }

    /// <summary>
    /// Whether the latest results agree with <see cref="Slowdown"/>; not while the machine is changing.
    /// </summary>
    public bool IsCalm(int point) => _ratios.Count >= LeastEvidence
        && Math.Abs(Math.Log(_ratios.Median() / _corrections[point] / Slowdown)) < 0.03 + Spread / 4;

    /// <summary>Another point runs from now on.</summary>
    /// <param name="isCalm">
    /// Whether the machine is as before, so that what the new point surprises with is its profile's fault.
    /// </param>
    public void Move(bool isCalm)
    {
        _ratios.KeepLatest(0);
        _isMoved = isCalm;
    }

    /// <summary>Forgets what profiles are off by, half of it in half an hour: a wrong guess must not stand for ever.</summary>
    public void Forget(TimeProvider time)
    {
        TimeSpan elapsed = time.GetElapsedTime(_decayedAt);
        if (elapsed < s_decayStep)
            return;
        double share = _decayedAt == 0 ? 1 : Math.Pow(0.5, elapsed / s_halfLife);
        for (int i = 0; i < _corrections.Length; i++)
            _corrections[i] = Math.Pow(_corrections[i], share);
        _decayedAt = time.GetTimestamp();
    }

    /// <summary>The machine has changed: only the latest few results tell how slow it is now.</summary>
    public void Jump(int point, int latest)
    {
        _ratios.KeepLatest(latest);
        Slowdown = SlowdownOf(point);
    }

    /// <summary>The median service time of a point.</summary>
    public TimeSpan ServiceOf(int point) => _frontier[point].Service * (Slowdown * _corrections[point]);

    /// <summary>The latency that 99 % of the results of a point would hold, from a sample that need not wait.</summary>
    public TimeSpan LatencyOf(int point) =>
        ServiceOf(point) * Math.Exp(Spread) + TimeSpan.FromSeconds(Math.Max(_waiting.Value, 0));

    /// <summary>
    /// Inferences in a second with a point at a rate: no more than samples come, nor than fit one after another.
    /// </summary>
    public double DeliveredHertz(int point, double rateHertz)
    {
        double most = 1 / ServiceOf(point).TotalSeconds;
        double arriving = Interval > TimeSpan.Zero ? 1 / Interval.TotalSeconds : most;
        return Math.Min(Math.Min(rateHertz, arriving), most);
    }

    // The first judgement after a move tells how far the profile of the new point is off beside the others'.
    private double SlowdownOf(int point)
    {
        double ratio = _ratios.Median();
        if (_isMoved)
        {
            double surprise = ratio / (_corrections[point] * Slowdown);
            _corrections[point] = Math.Clamp(_corrections[point] * Math.Pow(surprise, CorrectionShare), 0.1, 10);
            Slowdown = ratio / _corrections[point];
            _isMoved = false;
        }

        return ratio / _corrections[point];
    }
}
