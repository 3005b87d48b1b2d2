using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// What latency each point of a frontier would have now. The service time of a point is its profile's, times what the
/// profile is off by for this point, times the slowdown of the machine at this moment (another process, a lower
/// clock), which is the same for all points; its 99 % quantile is larger by a ratio that is learned from all results.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// What holds up a run comes now and then, so that more of it meets a longer run, and as in all sums of chance its
/// share falls with the root of the time: by the same law the quantile's ratio of one point tells that of another.
/// </remarks>
internal sealed class LatencyModel
{
    /// <summary>Results at a point from which the machine's slowdown is told anew.</summary>
    public const int LeastEvidence = 8;

    private const double Quantile = 0.99;
    private const double FirstSpread = 0.15;

    // Less is jitter: rates that follow from the interval stay what they are.
    private const double IntervalTolerance = 0.05;

    // Silence of a source from which it counts as slower.
    private const double LongSilence = 4;
    private const int AgeMemory = 30;
    private static readonly TimeSpan s_leastSilence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_leastService = TimeSpan.FromMicroseconds(1);

    // A median of the latest few strays; what is decided rests on the mean of many of them.
    private const double Memory = 20;

    // Share of a surprise after a move that is put down to the profile of the new point, not to the machine.
    private const double CorrectionShare = 0.7;
    private static readonly TimeSpan s_halfLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_decayStep = TimeSpan.FromSeconds(10);
    private readonly Frontier _frontier;
    private readonly double[] _corrections;
    private readonly double[] _roots;
    private readonly TimeProvider _time;
    private readonly RecentValues _ages = new(AgeMemory);
    private readonly MedianWindow _ratios = new();
    private readonly MedianWindow _intervals = new();
    private readonly QuantileTracker _spread = new(Quantile, FirstSpread, 0.008);
    private readonly QuantileTracker _waiting = new(Quantile, 0, 2e-4);
    private TimeSpan _interval;
    private long _capturedAt;
    private long _heardAt;
    private long _doneAt;
    private bool _isMoved;
    private (int Point, double Correction, double Slowdown)? _beforeMove;
    private long _decayedAt;

    /// <param name="frontier">The points.</param>
    /// <param name="time">Clock.</param>
    public LatencyModel(Frontier frontier, TimeProvider time)
    {
        _frontier = frontier;
        _time = time;
        _corrections = new double[frontier.Count];
        Array.Fill(_corrections, 1);
        double[] services = [.. Enumerable.Range(0, frontier.Count).Select(i => frontier[i].Service.TotalSeconds)];
        _roots = [.. services.Select(service => Math.Sqrt(service / services.Max()))];
    }

    /// <summary>Service time of the latest results over what the profile says.</summary>
    public double Slowdown { get; private set; } = 1;

    /// <summary>
    /// Natural logarithm of the 99 % quantile of a point's service times over their median; at least 0.
    /// </summary>
    public double SpreadOf(int point) => Math.Max(_spread.Value, 0) / _roots[point];

    /// <summary>
    /// Time between samples as they come, at the median; since the latest where that is long ago; zero before there
    /// are enough.
    /// </summary>
    public TimeSpan Interval
    {
        get
        {
            if (_interval == TimeSpan.Zero)
                return _interval;
            TimeSpan silence = _time.GetElapsedTime(_heardAt);
            return silence > _interval * LongSilence && silence > s_leastSilence ? silence : _interval;
        }
    }

    /// <summary>Age of the freshest of the latest samples when they were taken: less cannot be had.</summary>
    public TimeSpan LeastAge => _ages.Least(AgeMemory) is > 0 and < double.PositiveInfinity and { } seconds
        ? TimeSpan.FromSeconds(seconds)
        : TimeSpan.Zero;

    /// <summary>Takes in when a sample was captured, whether it is worked on or not.</summary>
    public void Arrive(long capturedAt)
    {
        if (_capturedAt != 0)
            _intervals.Add(_time.GetElapsedTime(_capturedAt, capturedAt).TotalSeconds);
        _capturedAt = capturedAt;
        _heardAt = _time.GetTimestamp();
        if (_intervals.Count < MedianWindow.Length / 3)
            return;
        TimeSpan median = TimeSpan.FromSeconds(Math.Max(0, _intervals.Median()));
        if ((median - _interval).Duration() > _interval * IntervalTolerance)
            _interval = median;
    }

    /// <summary>Takes in how old a sample was when it was its turn.</summary>
    public void Age(TimeSpan age) => _ages.Add(age.TotalSeconds);

    /// <summary>Takes in the latency of a result of point <paramref name="point"/>.</summary>
    public void Observe(int point, in Latency latency)
    {
        TimeSpan service = latency.Total - latency.Queue;
        _ratios.Add(Math.Max(service / _frontier[point].Service, 1e-3));
        if (_ratios.Count == MedianWindow.Length)
            _spread.Add(Math.Log(_ratios.Middle / _ratios.Median()) * _roots[point]);
        NoteWaiting(latency);
        if (_ratios.Count < LeastEvidence)
            return;
        double slowdown = SlowdownOf(point);
        Slowdown *= Math.Pow(slowdown / Slowdown, 1 / Memory);
    }

    /// <summary>
    /// Whether the latest results agree with <see cref="Slowdown"/>; not while the machine is changing.
    /// </summary>
    public bool IsCalm(int point) => _ratios.Count >= LeastEvidence
        && Math.Abs(Math.Log(_ratios.Median() / _corrections[point] / Slowdown)) < 0.03 + SpreadOf(point) / 4;

    /// <summary>Another point runs from now on.</summary>
    /// <param name="isCalm">
    /// Whether the machine is as before, so that what the new point surprises with is its profile's fault.
    /// </param>
    public void Move(bool isCalm)
    {
        _ratios.KeepLatest(0);
        _isMoved = isCalm;
        _beforeMove = null;
    }

    /// <summary>
    /// The latest move failed at once: whether profile or machine surprised is not told, and nothing learned from it.
    /// </summary>
    public void TakeBack()
    {
        if (_beforeMove is { } before)
            (_corrections[before.Point], Slowdown) = (before.Correction, before.Slowdown);
        _beforeMove = null;
    }

    /// <summary>Forgets what profiles are off by, half of it in half an hour: a wrong guess must not stand for ever.</summary>
    public void Forget()
    {
        TimeSpan elapsed = _time.GetElapsedTime(_decayedAt);
        if (elapsed < s_decayStep)
            return;
        double share = _decayedAt == 0 ? 1 : Math.Pow(0.5, elapsed / s_halfLife);
        for (int i = 0; i < _corrections.Length; i++)
            _corrections[i] = Math.Pow(_corrections[i], share);
        _decayedAt = _time.GetTimestamp();
    }

    /// <summary>The machine has changed: only the latest few results tell how slow it is now.</summary>
    public void Jump(int point, int latest)
    {
        _ratios.KeepLatest(latest);
        Slowdown = SlowdownOf(point);
    }

    /// <summary>The median service time of a point; never nothing, for rates are its reciprocal.</summary>
    public TimeSpan ServiceOf(int point)
    {
        TimeSpan service = _frontier[point].Service * (Slowdown * _corrections[point]);
        return service > s_leastService ? service : s_leastService;
    }

    /// <summary>The service time that 99 % of the results of a point would hold.</summary>
    public TimeSpan LongServiceOf(int point) => ServiceOf(point) * Math.Exp(SpreadOf(point));

    /// <summary>
    /// The latency that 99 % of the results of a point would hold, from samples that come while nothing is worked on.
    /// </summary>
    public TimeSpan LatencyOf(int point) =>
        LongServiceOf(point) + TimeSpan.FromSeconds(Math.Max(_waiting.Value, LeastAge.TotalSeconds));

    /// <summary>Samples a second, as they come; infinity for a source that gives them as they are wanted.</summary>
    public double ArrivingHertz => Interval > TimeSpan.Zero ? 1 / Interval.TotalSeconds : double.PositiveInfinity;

    /// <summary>
    /// Inferences in a second with a point at a rate: no more than samples come, nor than fit one after another.
    /// </summary>
    public double DeliveredHertz(int point, double rateHertz)
    {
        double most = 1 / ServiceOf(point).TotalSeconds;
        return Math.Min(Math.Min(rateHertz, ArrivingHertz), most);
    }

    // What a sample waits because another is worked on can be spared by leaving it out; what else it waits cannot.
    private void NoteWaiting(in Latency latency)
    {
        long now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_doneAt, now) >= latency.Total)
            _waiting.Add(latency.Queue.TotalSeconds);
        _doneAt = now;
    }

    // The first judgement after a move tells how far the profile of the new point is off beside the others'.
    private double SlowdownOf(int point)
    {
        double ratio = _ratios.Median();
        if (_isMoved)
        {
            _beforeMove = (point, _corrections[point], Slowdown);
            double surprise = ratio / (_corrections[point] * Slowdown);
            _corrections[point] = Math.Clamp(_corrections[point] * Math.Pow(surprise, CorrectionShare), 0.1, 10);
            Slowdown = ratio / _corrections[point];
            _isMoved = false;
        }

        return ratio / _corrections[point];
    }
}
