using CsCheck;
using EdgeConv.Gating.Drift;
using Xunit;

namespace EdgeConv.Gating.Tests.Drift;

public sealed class MartingaleTest
{
    private static readonly double[] Example = [.5, .1, .01, .9, .001];
    private static readonly Gen<double> PValue = Gen.Double[1e-6, 1];

    /// <summary>Computed in Python with the formulas of the classes.</summary>
    [Fact]
    public void The_simple_jumper_runs_like_this()
    {
        SimpleJumper jumper = new();
        double[] values = [.. Example.Select(p =>
        {
            jumper.Bet(p);
            return jumper.Value;
        })];
        double[] expected = [1, 1, 1.12936, 0.895456, 1.0271204410047998];
        Assert.All(values.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-14));
    }

    /// <summary>Computed in Python with the formula of the class.</summary>
    [Fact]
    public void The_power_martingale_ends_like_this()
    {
        PowerMartingale power = new(0.92);
        foreach (double p in Example)
            power.Bet(p);
        Assert.Equal(2.121691007198645, power.Value, 1e-14);
    }

    [Fact]
    public void Bets_are_fair_for_uniform_p() => PValue.Array[0, 20].Holds(history =>
    {
        const int Points = 2000;
        double mean = Enumerable.Range(0, Points).Average(i => After(history, (i + 0.5) / Points).Value);
        double now = After(history, null).Value;
        // The power bet has a pole at 0, of which the midpoint rule misses about 0.9 % of 0.75 p^(-1/4).
        Assert.Equal(now, mean, 0.01 * now);
    }, count: 50);

    [Fact]
    public void The_drift_martingale_is_the_mixture_of_those_that_begin_at_each_step() =>
        PValue.Array[1, 40].Holds(values =>
        {
            double mixture = 1.0 / (values.Length + 1);
            for (int start = 0; start < values.Length; start++)
            {
                SimpleJumper jumper = new();
                PowerMartingale power = new(0.75);
                foreach (double p in values[start..])
                {
                    jumper.Bet(p);
                    power.Bet(p);
                }

                mixture += (jumper.Value + power.Value) / 2 / ((start + 1.0) * (start + 2.0));
            }

            DriftMartingale martingale = After(values, null);
            Assert.Equal(mixture, martingale.Value, 1e-12 * mixture);
            Assert.Equal(values.Length, martingale.Count);
        }, count: 200);

    private static DriftMartingale After(double[] history, double? last)
    {
        DriftMartingale martingale = new();
        foreach (double p in history)
            martingale.Bet(p);
        if (last is { } value)
            martingale.Bet(value);
        return martingale;
    }
}
