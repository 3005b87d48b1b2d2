using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Gating.Events;

namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>
/// The gate over one series: fitted and calibrated on the rows on probation, then judging each window of
/// <see cref="WindowTaps"/>, row by row.
/// </summary>
internal sealed class GateDetector
{
    private const double FitAlpha = 0.05;
    private static readonly ModelIdentity Model = new("window taps", "-", new string('0', 64));
    private static readonly EventOptions Events = new() { Gap = TimeSpan.FromSeconds(WindowTaps.Length) };
    private readonly NabSeries _series;
    private readonly GateReading[] _readings;

    public GateDetector(NabSeries series)
    {
        _series = series;
        WindowTaps taps = new(series.Values, series.Probation);
        MahalanobisGate gate = new(Fit(series, taps));
        _readings = [.. Rows(series).Select(row => gate.Evaluate(taps.At(row)))];
    }

    /// <summary>Rows at which an event begins when the gate has this α.</summary>
    public IEnumerable<int> EventRows(double alpha)
    {
        EventTracker tracker = new(Events, alpha, new RowClock());
        foreach ((int row, GateReading reading) in Rows(_series).Zip(_readings))
        {
            GatedSample sample = new(DateTimeOffset.UnixEpoch, row, row, _series.Name, Model, reading);
            if (tracker.Observe(sample) == EventPhase.Start)
                yield return row;
        }
    }

    /// <summary>Rows that the gate flags at this α, without events.</summary>
    public IEnumerable<int> FlaggedRows(double alpha) =>
        Rows(_series).Zip(_readings).Where(pair => pair.Second.P <= alpha).Select(pair => pair.First);

    private static IEnumerable<int> Rows(NabSeries series) =>
        Enumerable.Range(series.Probation, series.Values.Length - series.Probation);

    private static Fingerprint Fit(NabSeries series, WindowTaps taps)
    {
        TapChoice tap = new(series.Name, WindowTaps.Channels) { Statistic = TapStatistic.MeanAndVariance };
        FingerprintFitter fitter = new(Model, new FitOptions { Taps = [tap], Alpha = FitAlpha });
        for (int row = WindowTaps.Length - 1; row < series.Probation; row++)
            fitter.Add($"row {row}", 0, taps.At(row));
        return fitter.Finish();
    }

    /// <summary>One row a second.</summary>
    private sealed class RowClock : TimeProvider
    {
        public override long TimestampFrequency => 1;
    }
}
