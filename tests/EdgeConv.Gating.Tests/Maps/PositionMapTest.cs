using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Gating.Tests.Maps;

public class PositionMapTest
{
    [Theory]
    [InlineData(MapMode.Diagonal)]
    [InlineData(MapMode.Cholesky)]
    public void Distances_are_those_of_the_slow_formula_in_double(MapMode mode)
    {
        MapChoice choice = MapSamples.Choice(mode, channels: 7);
        PositionMap map = MapSamples.Fit(MapSamples.Options(choice), 300).Map!;
        MapGate gate = new(map, 0.1, null, "f");
        float[] sample = new MapSamples(77, choice).Next();
        gate.Evaluate(sample);
        for (int p = 0; p < choice.Positions; p++)
        {
            double expected = SlowDistance(map, sample, p);
            Assert.Equal(expected, gate.Distances[p], 1e-4 * (1 + expected));
        }
    }

    [Fact]
    public void A_full_covariance_is_the_shrunk_one_with_the_floor_under_it()
    {
        MapChoice choice = MapSamples.Choice(MapMode.Cholesky, 1, 2, 3);
        FitOptions options = MapSamples.Options(choice) with { CalibrationShare = 0.2 };
        PositionMap map = MapSamples.Fit(options, 200).Map!;
        double[] first = Covariance(map, 0), second = Covariance(map, 1);
        // Whatever the shrinkage, it keeps the trace; the floor adds 1 % of the mean variance to each.
        double trace = first[0] + first[2] + first[5] + second[0] + second[2] + second[5];
        MapMoments moments = new(choice);
        Replay(options, 200, moments);
        Assert.Equal(map.FitCount, moments.Count);
        Assert.Equal(6 * 1.01 * moments.MeanVariance(), trace, 1e-4 * trace);
        // Off the diagonal nothing is added, and shrinkage only lessens.
        double empirical = moments.Covariance(0)[1];
        Assert.InRange(first[1] / empirical, 0.9, 1);
    }

    [Fact]
    public void At_most_alpha_of_fresh_inputs_have_an_odd_position()
    {
        MapChoice choice = MapSamples.Choice(MapMode.Cholesky);
        MapGate gate = new(MapSamples.Fit(MapSamples.Options(choice), 3000).Map!, 0.1, null, "f");
        MapSamples fresh = new(99, choice);
        int odd = Enumerable.Range(0, 4000).Count(_ => gate.Evaluate(fresh.Next()) is not null);
        // Of 999 calibration samples the rate is Beta(100, 900): 0.1 with a deviation of 0.0095.
        Assert.InRange(odd / 4000.0, 0.06, 0.14);
    }

    [Theory]
    [InlineData(0.1, null)]
    [InlineData(0.05, 0.1)]
    [InlineData(0.5, null)]
    public void The_threshold_has_the_calibration_samples_above_it_that_alpha_allows(double alpha, double? delta)
    {
        float[] scores = [.. Enumerable.Range(1, 99).Select(i => (float)i)];
        PositionMap map = new()
        {
            Choice = MapSamples.Choice(MapMode.Diagonal), FitCount = 1, Means = [], Factors = [], Scores = scores,
        };
        int above = scores.Count(score => score > map.Threshold(alpha, delta));
        int allowed = delta is double d ? Conformal.PacRank(99, alpha, d) : (int)(100 * alpha) - 1;
        Assert.Equal(allowed, above);
        // A score above it has a p-value of at most alpha; the threshold itself has not.
        if (delta is null)
            Assert.True(new CalibrationBlocks([scores]).PValue([map.Threshold(alpha, null)], out _) > alpha);
    }

    [Fact]
    public void With_too_few_calibration_samples_nothing_is_odd()
    {
        PositionMap map = new()
        {
            Choice = MapSamples.Choice(MapMode.Diagonal), FitCount = 1, Means = [], Factors = [], Scores = [1, 2, 3],
        };
        Assert.Equal(float.PositiveInfinity, map.Threshold(0.1, null));
        Assert.Equal(float.PositiveInfinity, map.Threshold(0.3, 0.05));
        Assert.Equal(3, map.Threshold(0.25, null));
    }

    [Fact]
    public void An_odd_position_is_found_where_it_is_and_a_lost_number_is_odd()
    {
        MapChoice choice = MapSamples.Choice(MapMode.Cholesky);
        MapGate gate = new(MapSamples.Fit(MapSamples.Options(choice), 600).Map!, 0.1, null, "f");
        float[] sample = new MapSamples(5, choice).Next();
        Assert.Null(gate.Evaluate(sample));
        int position = choice.Width + 2;
        sample[(position * choice.Channels) + 1] += 50;
        MapRegion region = gate.Evaluate(sample)!.Value;
        Assert.Equal((2, 1, 1, 1), (region.Left, region.Top, region.Width, region.Height));
        Assert.Equal(gate.Distances[position], region.Distance);
        sample[0] = float.NaN;
        Assert.Equal(float.MaxValue, gate.Evaluate(sample)!.Value.Distance);
    }

    [Fact]
    public void Evaluating_a_session_allocates_nothing()
    {
        FitOptions options = MapSamples.Options(MapSamples.Choice(MapMode.Cholesky));
        MapGate gate = new(MapSamples.Fit(options, 300).Map!, 0.1, null, "f");
        using FakeSession session = MapSamples.SessionOf(options);
        session.Activations = new MapSamples(5, options.Map!).Next();
        session.Activations[4] += 100;
        Assert.NotNull(gate.Evaluate(session));
        Assert.Equal(0, Allocation.Least(() => gate.Evaluate(session), 100));
    }

    [Fact]
    public void A_session_of_another_size_or_without_the_layer_is_refused()
    {
        FitOptions options = MapSamples.Options(MapSamples.Choice(MapMode.Diagonal));
        MapGate gate = new(MapSamples.Fit(options, 300).Map!, 0.1, null, "f.ecfp");
        using FakeSession other = new() { Maps = [new MapInfo("layer", 3, 6, 8)] };
        Assert.Equal("f.ecfp: map 'layer' is of 3x4x3, the session's 6x8x3; fit it at the input size that is run",
            Assert.Throws<FingerprintError>(() => gate.Bind(other)).Message);
        using FakeSession without = new() { Maps = [new MapInfo("other", 3, 3, 4)] };
        Assert.Equal("f.ecfp: map 'layer' is not among the session's: other",
            Assert.Throws<FingerprintError>(() => gate.Bind(without)).Message);
    }

    private static void Replay(FitOptions options, int samples, MapMoments moments)
    {
        Clusters clusters = new(1, options.Taps[0].Channels);
        MapSamples maps = new(1, options.Map!);
        SampleSplit split = new(options.Seed, options.CalibrationShare, options.Taps[0].Channels);
        for (int i = 0; i < samples; i++)
        {
            float[] statistics = clusters.Next(0), map = maps.Next();
            if (split.SideOf(split.HashOf(statistics.AsSpan(0, options.Taps[0].Channels))) == SampleSide.Fit)
                moments.Add(map);
        }
    }

    // L Lᵀ of one position, packed.
    private static double[] Covariance(PositionMap map, int position)
    {
        int length = map.Choice.FactorLength, channels = map.Choice.Channels;
        double[] lower = [.. map.Factors.Skip(position * length).Take(length).Select(value => (double)value)];
        double At(int row, int column) => column <= row ? lower[(row * (row + 1) / 2) + column] : 0;
        return [.. Enumerable.Range(0, channels).SelectMany(row => Enumerable.Range(0, row + 1)
            .Select(column => Enumerable.Range(0, channels).Sum(k => At(row, k) * At(column, k))))];
    }

    private static double SlowDistance(PositionMap map, float[] sample, int position)
    {
        int channels = map.Choice.Channels, length = map.Choice.FactorLength;
        double[] u = new double[channels];
        for (int row = 0; row < channels; row++)
        {
            int at = (position * channels) + row;
            double rest = (double)sample[at] - map.Means[at];
            int start = (position * length) + (row * (row + 1) / 2);
            if (map.Choice.Mode == MapMode.Diagonal)
            {
                u[row] = rest / map.Factors[(position * length) + row];
                continue;
            }

            for (int column = 0; column < row; column++)
                rest -= map.Factors[start + column] * u[column];
            u[row] = rest / map.Factors[start + row];
        }

        return u.Sum(value => value * value);
    }
}
