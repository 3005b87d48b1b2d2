using EdgeConv.Core;

namespace EdgeConv.Gating.Drift;

/// <summary>
/// Watches the readings of a pipeline's gate and raises an alarm when they are not, or no more, those of the
/// calibration samples: the gate should be calibrated anew. It changes no threshold. Allocates nothing but for an alarm, and for the first
/// reading at a tap. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Score of a reading is its p-value, ranked by an <see cref="OnlineConformal"/> among those of the
/// calibration samples and the readings before it and bet on by a <see cref="DriftMartingale"/>: a gate's own
/// p-values are only a score here, so that the error of its calibration set does not count as drift. An
/// alarm is raised at M ≥ 1/α. While one model runs and the samples that are looked at are exchangeable with
/// each other and the calibration samples, the probability of an alarm is at most α, however long it runs.
/// After an alarm everything begins anew, with the same bound, but without the calibration samples: what
/// follows is compared with itself, so that a difference that lasts is told once.
/// </para>
/// <para>
/// p-values mean the same for every member of a family and for every tap, distances do not. So the list
/// and the martingale go on when the governor moves to another member. There the bound is approximate: the
/// calibration sets of two members differ by chance. Of 3000 samples, 250 of one member, then of the other,
/// 4 % of the runs raised an alarm at α = 5 % with 1000 calibration samples each, 8 % with 300.
/// </para>
/// <para>
/// <see cref="PageHinkley"/> of the logarithm of the distance is kept beside it, one for each member and
/// tap, as evidence in an alarm; it raises none, since it has no bound.
/// </para>
/// </remarks>
public sealed class DriftMonitor
{
    private readonly DriftOptions _options;
    private readonly TimeProvider _time;
    private readonly OnlineConformal _conformal;
    private readonly List<(int Member, string Tap, PageHinkley Test)> _trends = [];
    private DriftMartingale _martingale = new();
    private DriftReference _reference = DriftReference.Calibration;
    private long? _takenAt;

    /// <param name="options">How it watches.</param>
    /// <param name="calibration">p-values of the gate's calibration samples.</param>
    /// <param name="time">The clock of <see cref="Sample.CapturedAt"/>.</param>
    public DriftMonitor(DriftOptions options, IReadOnlyCollection<double> calibration, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (!(options.Alpha > 0 && options.Alpha < 1))
            throw new ConfigError("drift.alpha", $"{options.Alpha} is not between 0 and 1");
        _options = options;
        _time = time;
        _conformal = new OnlineConformal(options.Seed);
        _conformal.Expect(calibration);
    }

    /// <summary>Looks at a reading, unless it follows the one before too soon.</summary>
    /// <param name="member">Index of the family member whose gate it is.</param>
    /// <param name="reading">What that gate said.</param>
    /// <param name="capturedAt">When the sample was captured, <see cref="Sample.CapturedAt"/>.</param>
    /// <returns>The evidence of an alarm; null when there is none.</returns>
    public DriftEvidence? Observe(int member, in GateReading reading, long capturedAt)
    {
        if (_takenAt is { } last && _time.GetElapsedTime(last, capturedAt) < _options.Interval)
            return null;
        _takenAt = capturedAt;
        TrendOf(member, reading.Tap).Add(LogarithmOf(reading.Distance));
        _martingale.Bet(_conformal.Next((float)-reading.P));
        if (!(_martingale.Value >= 1 / _options.Alpha))
            return null;
        DriftEvidence evidence = Evidence();
        Restart();
        return evidence;
    }

    private DriftEvidence Evidence()
    {
        double statistic = 0;
        foreach ((_, _, PageHinkley test) in _trends)
            statistic = Math.Max(statistic, test.Statistic);
        return new DriftEvidence(
            _reference, _martingale.Value, _options.Alpha, _martingale.Count, statistic, PageHinkley.Threshold);
    }

    private void Restart()
    {
        _martingale = new DriftMartingale();
        _conformal.Restart();
        _reference = DriftReference.Stream;
        _trends.Clear();
    }

    private PageHinkley TrendOf(int member, string tap)
    {
        foreach ((int Member, string Tap, PageHinkley Test) trend in _trends)
        {
            if (trend.Member == member && trend.Tap == tap)
                return trend.Test;
        }

        PageHinkley added = new();
        _trends.Add((member, tap, added));
        return added;
    }

    // Relative distances may be below 0: the logarithm is continued there as an odd function.
    private static double LogarithmOf(double distance) =>
        Math.CopySign(Math.Log(1 + Math.Abs(distance)), distance);
}
