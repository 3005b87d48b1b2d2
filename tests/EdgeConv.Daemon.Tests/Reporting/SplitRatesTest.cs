using EdgeConv.Daemon.Reporting;
using EdgeConv.Daemon.Reporting.Charts;
using Xunit;

namespace EdgeConv.Daemon.Tests.Reporting;

public sealed class SplitRatesTest
{
    [Fact]
    public void One_tap_realises_what_it_promises_on_average()
    {
        IReadOnlyList<RatePoint> rates = SplitRates.Measure(SetOf(1, 400), taps: 1)!;
        // The mean over calibration halves is floor(201 alpha) / 201; 200 splits of 200 leave some thousandths.
        Assert.All(rates, point => Assert.Equal(Math.Floor(201 * point.Promised + 1e-9) / 201, point.Mean, 0.008));
        Assert.All(rates, point => Assert.InRange(point.Mean, point.Low, point.High));
    }

    [Fact]
    public void Two_taps_that_agree_realise_it_too()
    {
        ScoredSet set = new("s", SetKind.Calibration, 2);
        Random random = new(1);
        for (int i = 0; i < 400; i++)
        {
            double score = random.NextDouble();
            set.Add(0.5, _ => score);
        }

        RatePoint last = SplitRates.Measure(set, taps: 2)![^1];
        Assert.Equal(0.2, last.Promised, 1e-12);
        Assert.Equal(0.2, last.Mean, 0.01);
    }

    [Fact]
    public void Too_few_samples_show_nothing() =>
        Assert.Null(SplitRates.Measure(SetOf(1, SplitRates.LeastSamples - 1), taps: 1));

    /// <summary>SciPy 1.10.1: beta.ppf([.05, .95], 50, 950).</summary>
    [Fact]
    public void The_band_is_that_of_the_beta_distribution()
    {
        RatePoint point = SplitRates.Band(999)[4];
        Assert.Equal(0.05, point.Promised, 1e-12);
        Assert.Equal(BetaLow, point.Low, 1e-9);
        Assert.Equal(BetaHigh, point.High, 1e-9);
    }

    private const double BetaLow = 0.03920294125584453;
    private const double BetaHigh = 0.06181998277796161;

    private static ScoredSet SetOf(int taps, int count)
    {
        Random random = new(2);
        ScoredSet set = new("s", SetKind.Calibration, taps);
        for (int i = 0; i < count; i++)
            set.Add(0.5, _ => random.NextDouble());
        return set;
    }
}
