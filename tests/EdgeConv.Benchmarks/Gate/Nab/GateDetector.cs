using EdgeConv.Core;
using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>
/// The gate over one series: fitted and calibrated on the rows on probation, then judging each window of
/// <see cref="WindowTaps"/>, row by row.
/// </summary>
internal sealed class GateDetector
{
    private const double FitAlpha = 0.05;
    private static readonly ModelIdentity Model = new("window taps", "-", new string('0', 64));
    private readonly int _first;
    private readonly double[] _values;

    public GateDetector(NabSeries series)
    {
        _first = series.Probation;
        WindowTaps taps = new(series.Values, _first);
        MahalanobisGate gate = new(Fit(series, taps));
        _values = [.. Enumerable.Range(_first, series.Values.Length - _first)
            .Select(row => gate.Evaluate(taps.At(row)).P)];
    }

    /// <summary>Rows at which an event begins when the gate has this α.</summary>
    public IEnumerable<int> Events(double alpha) => EventRows.Of(_first, _values, alpha);

    /// <summary>Rows that the gate flags at this α, without events.</summary>
    public IEnumerable<int> FlaggedRows(double alpha) =>
        Enumerable.Range(_first, _values.Length).Where(row => _values[row - _first] <= alpha);

    private static Fingerprint Fit(NabSeries series, WindowTaps taps)
    {
        TapChoice tap = new(series.Name, WindowTaps.Channels) { Statistic = TapStatistic.MeanAndVariance };
        FingerprintFitter fitter = new(Model, new FitOptions { Taps = [tap], Alpha = FitAlpha });
        for (int row = WindowTaps.Length - 1; row < series.Probation; row++)
            fitter.Add($"row {row}", 0, taps.At(row));
        return fitter.Finish();
    }
}
