using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class MahalanobisGateTest
{
    private static readonly FitOptions Options = new()
    {
        Taps =
        [
            new TapChoice("early", 3) { Statistic = TapStatistic.MeanAndVariance },
            new TapChoice("deep", 2) { Mode = GateMode.Relative },
        ],
        Classes = 2,
    };

    private static readonly Fingerprint Two = Clusters.Fit(Options, 900);

    [Fact]
    public void P_is_that_of_the_calibration_blocks_and_the_reading_names_the_oddest_tap()
    {
        Clusters early = new(50, 3), deep = new(51, 2);
        MahalanobisGate both = new(Two);
        MahalanobisGate[] alone = [.. Two.Taps.Select(tap => new MahalanobisGate(Two with { Taps = [tap] }))];
        CalibrationBlocks blocks = CalibrationBlocks.Of(Two);
        for (int i = 0; i < 200; i++)
        {
            float[] a = early.Next(i % 2, i % 3), b = deep.Next(i % 2, i % 5);
            GateReading[] readings = [alone[0].Evaluate(a), alone[1].Evaluate(b)];
            GateReading reading = both.Evaluate([.. a, .. b]);
            double p = blocks.PValue([.. readings.Select(one => (float)one.Distance)], out int oddest);
            Assert.Equal(p, reading.P);
            Assert.Equal((readings[oddest].Tap, readings[oddest].Distance), (reading.Tap, reading.Distance));
            Assert.Equal(p <= 0.05 ? Verdict.Ood : Verdict.Accepted, reading.Verdict);
        }
    }

    [Fact]
    public void The_literal_diagonal_gate_sums_squared_deviations_over_variances()
    {
        FitOptions options = new() { Taps = [new TapChoice("t", 4) { Mode = GateMode.Diagonal }] };
        Fingerprint fingerprint = Clusters.Fit(options, 300);
        Moments moments = fingerprint.Taps[0].Moments;
        double[] mean = moments.Mean(), variance = moments.TotalVariance();
        float[] sample = new Clusters(9, 4).Next(0);
        double expected = Enumerable.Range(0, 4).Sum(i => Math.Pow(sample[i] - mean[i], 2) / variance[i]);
        Assert.Equal(expected, new MahalanobisGate(fingerprint).Evaluate(sample).Distance, 1e-5 * expected);
    }

    [Fact]
    public void A_normalized_tap_ignores_gain()
    {
        FitOptions options = new() { Taps = [new TapChoice("t", 4) { IsNormalized = true }], Classes = 2 };
        MahalanobisGate gate = new(Clusters.Fit(options, 300));
        float[] sample = new Clusters(9, 4).Next(1);
        double plain = gate.Evaluate(sample).Distance;
        double scaled = gate.Evaluate([.. sample.Select(x => 250 * x)]).Distance;
        Assert.Equal(plain, scaled, 1e-3 * plain);
        gate.Evaluate(new float[8]);
    }

    [Fact]
    public void Another_alpha_needs_no_refit()
    {
        MahalanobisGate strict = new(Two, 0.01), lax = new(Two, 0.5);
        Clusters early = new(60, 3), deep = new(61, 2);
        int flaggedStrictly = 0, flaggedLaxly = 0;
        for (int i = 0; i < 1000; i++)
        {
            float[] sample = [.. early.Next(i % 2), .. deep.Next(i % 2)];
            flaggedStrictly += strict.Evaluate(sample).Verdict == Verdict.Ood ? 1 : 0;
            flaggedLaxly += lax.Evaluate(sample).Verdict == Verdict.Ood ? 1 : 0;
        }

        Assert.InRange(flaggedStrictly, 0, 30);
        Assert.InRange(flaggedLaxly, 300, 550);
    }

    [Fact]
    public void An_alpha_that_the_calibration_set_cannot_hold_is_refused()
    {
        FingerprintError error = Assert.Throws<FingerprintError>(() => new MahalanobisGate(Two, 1e-4));
        Assert.Contains("cannot hold alpha 0.0001, 9999 are needed", error.Message);
        Assert.Throws<ConfigError>(() => new MahalanobisGate(Two, 0));
        Assert.Throws<ConfigError>(() => new MahalanobisGate(Two, double.NaN));
    }

    [Fact]
    public void A_promise_with_confidence_lowers_the_threshold()
    {
        Fingerprint promised = Two with { Delta = 0.05, Taps = [Two.Taps[0]] };
        int count = promised.CalibrationCount;
        double expected = (Conformal.PacRank(count, 0.05, 0.05) + 1) / (count + 1.0);
        Assert.Equal(expected, new MahalanobisGate(promised).Threshold);
        Assert.True(expected < 0.05);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e38f)]
    public void Activations_beyond_all_bounds_are_odd_with_a_finite_distance(float value)
    {
        MahalanobisGate gate = new(Two);
        GateReading reading = gate.Evaluate([value, 0, 0, 0, 0, 0, value, 0, 0, 0]);
        Assert.Equal(Verdict.Ood, reading.Verdict);
        Assert.Equal(float.MaxValue, reading.Distance);
    }

    [Fact]
    public void Taps_are_found_by_name_in_any_order()
    {
        MahalanobisGate gate = new(Two);
        Assert.Equal(["early", "deep"], gate.TapNames);
        float[] early = new Clusters(70, 3).Next(0), deep = new Clusters(71, 2).Next(0);
        using FakeSession session =
            new(new TapInfo("deep", 2, 1), new TapInfo("other", 9, 1), new TapInfo("early", 3, 4));
        session.Show(0, deep).Show(2, early);
        Assert.Equal(gate.Evaluate([.. early, .. deep]), gate.Evaluate(session));
    }

    [Fact]
    public void A_session_that_does_not_fit_is_refused_in_one_line()
    {
        MahalanobisGate gate = new(Two with { Place = "f.ecfp" });
        TapInfo early = new("early", 3, 4), deep = new("deep", 2, 1);
        AssertRefused("tap 'deep' is not among the session's: early", early);
        AssertRefused("tap 'deep' has 7 channels, 2 expected", early, deep with { Channels = 7 });
        ModelIdentity other = new("other", "/models/other.onnx", new string('b', 64));
        using FakeSession session = new(early, deep) { Model = other };
        FingerprintError error = Assert.Throws<FingerprintError>(() => gate.Bind(session));
        Assert.StartsWith($"f.ecfp: made for model 'net' with SHA-256 {new string('a', 64)}", error.Message);
        Assert.Contains($"/models/other.onnx has {new string('b', 64)}", error.Message);

        void AssertRefused(string problem, params TapInfo[] taps)
        {
            using FakeSession wrong = new(taps);
            Assert.Contains(problem, Assert.Throws<FingerprintError>(() => gate.Evaluate(wrong)).Message);
        }
    }

    [Fact]
    public void A_file_for_another_model_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            Two.Write(path);
            Assert.Equal(0.2, MahalanobisGate.Load(path, FakeSession.Identity, 0.2).Alpha);
            ModelIdentity other = FakeSession.Identity with { Sha256 = new string('c', 64) };
            FingerprintError error =
                Assert.Throws<FingerprintError>(() => MahalanobisGate.Load(path, other));
            Assert.StartsWith($"{path}: made for model 'net'", error.Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        MahalanobisGate gate = new(Two);
        using FakeSession session = new(new TapInfo("early", 3, 4), new TapInfo("deep", 2, 1));
        session.Show(0, new Clusters(80, 3).Next(0)).Show(1, new Clusters(81, 2).Next(0));
        ChannelContribution[] top = new ChannelContribution[3];
        gate.Evaluate(session);
        gate.TopContributions(top);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            gate.Evaluate(session);
            gate.TopContributions(top);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(GateMode.Diagonal)]
    [InlineData(GateMode.Tied)]
    [InlineData(GateMode.Relative)]
    public void The_odd_channel_contributes_most_and_all_parts_sum_to_the_distance(GateMode mode)
    {
        TapChoice tap = new("t", 4) { Mode = mode, Statistic = TapStatistic.MeanAndVariance };
        MahalanobisGate gate = new(Clusters.Fit(new FitOptions { Taps = [tap], Classes = 2 }, 600));
        float[] sample = new Clusters(9, 4).Next(0);
        sample[4 + 2] += 40;
        double distance = gate.Evaluate(sample).Distance;
        ChannelContribution[] all = new ChannelContribution[20];
        Assert.Equal(8, gate.TopContributions(all));
        Assert.Equal((2, "variance"), (all[0].Channel, all[0].Statistic));
        Assert.Equal(distance, all.Sum(c => c.Amount), 1e-3 * distance);
        Assert.Equal(all.Take(8).OrderByDescending(c => c.Amount), all.Take(8));
        ChannelContribution[] top = new ChannelContribution[3];
        Assert.Equal(3, gate.TopContributions(top));
        Assert.Equal(all[..3], top);
    }
}
