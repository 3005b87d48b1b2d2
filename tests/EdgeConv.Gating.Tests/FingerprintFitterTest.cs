using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class FingerprintFitterTest
{
    private static readonly FitOptions Two = new() { Taps = [new TapChoice("early", 3)], Classes = 2 };

    [Fact]
    public void Samples_are_split_about_two_to_one_by_the_seed()
    {
        Fingerprint one = Clusters.Fit(Two, 3000), other = Clusters.Fit(Two with { Seed = 9 }, 3000);
        Assert.InRange(one.CalibrationCount, 930, 1070);
        Assert.Equal(3000, one.FitCount + one.CalibrationCount);
        Assert.NotEqual(one.Taps[0].Scores, other.Taps[0].Scores);
    }

    [Fact]
    public void The_order_of_the_samples_decides_neither_who_calibrates_nor_the_scores() =>
        Gen.Int[0, 1000].Holds(seed =>
        {
            float[][] samples = Samples(200);
            int[] order = [.. Enumerable.Range(0, samples.Length)];
            new Random(seed).Shuffle(order);
            Fingerprint straight = Fit(samples, Enumerable.Range(0, samples.Length));
            Fingerprint shuffled = Fit(samples, order);
            Assert.Equal(straight.FitCount, shuffled.FitCount);
            Assert.Equal(straight.HeldOutFlagRate, shuffled.HeldOutFlagRate);
            foreach ((float first, float second) in straight.Taps[0].Scores.Zip(shuffled.Taps[0].Scores))
                Assert.Equal(first, second, 1e-5 * (1 + first));
        }, count: 50);

    [Fact]
    public void Equal_samples_are_on_the_same_side() =>
        Gen.Int[0, 1000].Holds(seed =>
        {
            FingerprintFitter fitter = new(FakeSession.Identity, Two);
            float[] sample = new Clusters(seed, 3).Next(0);
            for (int i = 0; i < 20; i++)
                fitter.Add($"{i}", 0, sample);
            Assert.Contains(fitter.FitCount, (long[])[0, 20]);
            Assert.Equal(20, fitter.FitCount + fitter.CalibrationCount);
        }, count: 100);

    [Fact]
    public void Copies_of_a_sample_weigh_in_the_p_values_but_not_in_the_promise()
    {
        // Without shrinkage, which would see four times as many samples.
        FitOptions options = Two with
        {
            Classes = 1, Delta = 0.05, Alpha = 0.1, Estimator = CovarianceEstimator.Empirical,
        };
        FingerprintFitter once = new(FakeSession.Identity, options), fourfold = new(FakeSession.Identity, options);
        float[][] samples = Samples(600);
        for (int i = 0; i < 4 * samples.Length; i++)
        {
            fourfold.Add($"{i}", 0, samples[i % samples.Length]);
            if (i < samples.Length)
                once.Add($"{i}", 0, samples[i]);
        }

        Fingerprint one = once.Finish(), four = fourfold.Finish();
        Assert.Equal(4 * one.CalibrationCount, four.CalibrationCount);
        Assert.Equal((one.CalibrationCount, one.CalibrationCount), (one.DistinctCount, four.DistinctCount));
        Assert.Equal(Guarantee.Of(one), Guarantee.Of(four));
        MahalanobisGate first = new(one), second = new(four);
        Assert.Equal(first.Threshold, second.Threshold);
        // Copied evenly, the data flags the same inputs as without its copies.
        Clusters fresh = new(77, 3);
        for (int i = 0; i < 500; i++)
        {
            float[] input = fresh.Next(i % 2, shift: i % 5 * 0.2f);
            Assert.Equal(first.Evaluate(input).Verdict, second.Evaluate(input).Verdict);
        }
    }

    [Fact]
    public void Too_few_distinct_samples_are_too_few_however_often_they_are_copied()
    {
        FingerprintFitter fitter = new(FakeSession.Identity, Two with { Classes = 1, Delta = 0.05 });
        float[][] samples = Samples(60);
        for (int i = 0; i < 20 * samples.Length; i++)
            fitter.Add($"{i}", 0, samples[i % samples.Length]);
        FingerprintError error = Assert.Throws<FingerprintError>(fitter.Finish);
        Assert.Contains($"{fitter.DistinctCount} distinct calibration samples of 1200 cannot hold", error.Message);
    }

    [Fact]
    public void Samples_that_overlap_are_split_by_their_position_and_not_by_their_content()
    {
        const int Overlap = 5, Count = 3000;
        FitOptions options = Two with { Classes = 1, Overlap = Overlap };
        FingerprintFitter fitter = new(FakeSession.Identity, options);
        BlockSplit split = new(options.Seed, options.CalibrationShare, Overlap);
        float[][] samples = Samples(Count);
        for (int i = 0; i < Count; i++)
            Assert.Equal(split.SideOf(i) == SampleSide.Calibration, fitter.Add($"{i}", 0, samples[i], i));
        int Sum(SampleSide side) => Enumerable.Range(0, Count).Count(i => split.SideOf(i) == side);
        Assert.Equal(Sum(SampleSide.Fit), fitter.FitCount);
        Assert.Equal(Sum(SampleSide.Calibration), fitter.CalibrationCount);
        Assert.True(Sum(SampleSide.Neither) > 0);
    }

    [Fact]
    public void Shards_of_the_data_are_split_as_the_whole()
    {
        float[][] samples = Samples(600);
        long fitted = 0;
        int calibrating = 0;
        for (int shard = 0; shard < 5; shard++)
        {
            FingerprintFitter fitter = new(FakeSession.Identity, Two);
            for (int i = shard; i < samples.Length; i += 5)
                fitter.Add($"{i}", i % 2, samples[i]);
            fitted += fitter.FitCount;
            calibrating += fitter.CalibrationCount;
        }

        Fingerprint whole = Fit(samples, Enumerable.Range(0, samples.Length));
        Assert.Equal((whole.FitCount, whole.CalibrationCount), (fitted, calibrating));
    }

    [Fact]
    public void The_same_samples_give_the_same_bytes() =>
        Assert.Equal(
            FingerprintFile.Serialize(Clusters.Fit(Two, 200)),
            FingerprintFile.Serialize(Clusters.Fit(Two, 200)));

    [Fact]
    public void It_records_what_it_was_made_of()
    {
        Fingerprint fingerprint = Clusters.Fit(Two with { DataHash = "abc", Alpha = 0.1, Delta = 0.2 }, 300);
        Assert.Equal(FakeSession.Identity.Sha256, fingerprint.ModelSha256);
        Assert.Equal("net", fingerprint.ModelName);
        Assert.Equal("abc", fingerprint.DataHash);
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero), fingerprint.Created);
        Assert.Equal((0.1, 0.2), (fingerprint.Alpha, fingerprint.Delta));
        Assert.InRange(fingerprint.HeldOutFlagRate, 0.02, 0.2);
    }

    [Theory]
    [InlineData(GateMode.Diagonal)]
    [InlineData(GateMode.ClassDiagonal)]
    [InlineData(GateMode.Tied)]
    [InlineData(GateMode.Relative)]
    public void Every_mode_flags_in_distribution_data_at_the_promised_rate(GateMode mode)
    {
        Fingerprint fingerprint = Clusters.Fit(
            Two with { Taps = [new TapChoice("early", 3) { Mode = mode }] }, 6000);
        MahalanobisGate gate = new(fingerprint);
        int flagged = CountFlagged(gate, samples: 4000, shift: 0);
        Assert.InRange(flagged / 4000.0, 0.03, 0.07);
        Assert.InRange(fingerprint.HeldOutFlagRate, 0.03, 0.07);
    }

    [Theory]
    [InlineData(CovarianceEstimator.Empirical)]
    [InlineData(CovarianceEstimator.Oas)]
    [InlineData(CovarianceEstimator.LedoitWolf)]
    [InlineData(CovarianceEstimator.Fixed)]
    public void Every_estimator_shrinks_a_little_and_tells_broken_correlation(CovarianceEstimator estimator)
    {
        FitOptions options = Two with { Estimator = estimator, FixedShrinkage = 0.05 };
        Fingerprint fingerprint = Clusters.Fit(options, 900);
        Assert.InRange(fingerprint.Taps[0].Shrinkage, 0, 0.2);
        Assert.Equal(estimator != CovarianceEstimator.Empirical, fingerprint.Taps[0].Shrinkage > 0);
        Assert.InRange(CountFlagged(new MahalanobisGate(fingerprint), samples: 100, shift: 3), 95, 100);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_feature_that_is_not_finite_is_refused_and_leaves_no_trace(float value)
    {
        FingerprintFitter fitter = new(FakeSession.Identity, Two);
        DataError error = Assert.Throws<DataError>(() => fitter.Add("a.png", 0, [1, value, 3, 0, 0, 0]));
        Assert.StartsWith("a.png: mean of channel 1 at tap 'early' is ", error.Message);
        Assert.Throws<DataError>(() => fitter.Add("b.png", 2, [1, 2, 3, 0, 0, 0]));
        Assert.Equal((0, 0), (fitter.FitCount, fitter.CalibrationCount));
    }

    [Fact]
    public void Too_few_samples_are_refused_with_the_number_needed()
    {
        FitOptions options = Two with { Alpha = 0.01 };
        FingerprintError error = Assert.Throws<FingerprintError>(() => Clusters.Fit(options, 60));
        Assert.Contains("99 are needed, about 297 samples in all", error.Message);
        error = Assert.Throws<FingerprintError>(() => Clusters.Fit(options with { Delta = 0.05 }, 500));
        Assert.Contains("alpha 0.01 with confidence 0.95; 299 are needed", error.Message);
        Assert.Throws<FingerprintError>(() => Clusters.Fit(options, 0));
    }

    [Fact]
    public void Relative_distances_need_more_than_twice_as_many_samples_as_features()
    {
        TapChoice deep = new("deep", 100) { Mode = GateMode.Relative };
        FitOptions options = Two with { Taps = [deep], Alpha = 0.2 };
        FingerprintError error = Assert.Throws<FingerprintError>(() => Clusters.Fit(options, 200));
        Assert.Contains("more than 200 samples to fit to", error.Message);
    }

    [Theory]
    [InlineData(2, 3, 100, GateMode.Relative)]
    [InlineData(1, 3, 100, GateMode.Tied)]
    [InlineData(2, 60, 150, GateMode.Tied)]
    [InlineData(2, 60, 300, GateMode.Relative)]
    public void The_automatic_distance_is_relative_where_classes_and_samples_suffice(
        int classes, int channels, int samples, GateMode expected)
    {
        FitOptions options = Two with
        {
            Taps = [new TapChoice("deep", channels) { Mode = null }], Classes = classes,
        };
        TapFingerprint tap = Clusters.Fit(options, samples).Taps[0];
        Assert.Equal((expected, true), (tap.Mode, tap.IsModeAutomatic));
    }

    [Fact]
    public void Relative_distances_need_samples_of_two_classes()
    {
        FitOptions options = new() { Taps = [new TapChoice("deep", 2) { Mode = GateMode.Relative }] };
        FingerprintError error = Assert.Throws<FingerprintError>(() => Clusters.Fit(options, 200));
        Assert.Contains("tap 'deep' need samples of two classes or more, found one", error.Message);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(300, 0.05)]
    public void An_optional_confidence_is_held_where_the_samples_suffice(int samples, double? expected)
    {
        FitOptions options = Two with { Delta = 0.05, IsDeltaOptional = true };
        Assert.Equal(expected, Clusters.Fit(options, samples).Delta);
    }

    [Fact]
    public void Constant_channels_are_fine_with_shrinkage_and_refused_without()
    {
        static Fingerprint Fit(CovarianceEstimator estimator, bool constantOnly, float step = 0)
        {
            TapChoice second = new("deep", 1);
            FitOptions options = Two with
            {
                Classes = 1, Estimator = estimator, Taps = step > 0 ? [.. Two.Taps, second] : Two.Taps,
            };
            FingerprintFitter fitter = new(FakeSession.Identity, options);
            Clusters clusters = new(4, 3);
            for (int i = 0; i < 300; i++)
            {
                float[] x = clusters.Next(0);
                fitter.Add($"{i}", 0,
                [
                    .. constantOnly ? (float[])[1, 2, 3, 0, 0, 0] : [x[0], 2, x[2], 0, 0, 0],
                    .. step > 0 ? (float[])[i * step, 0] : [],
                ]);
            }

            return fitter.Finish();
        }

        Assert.Equal(Verdict.Ood, new MahalanobisGate(Fit(CovarianceEstimator.Oas, false))
            .Evaluate([-5, 20, -5, 0, 0, 0]).Verdict);
        FingerprintError error =
            Assert.Throws<FingerprintError>(() => Fit(CovarianceEstimator.Empirical, false));
        Assert.Contains("has rank 2 of 3", error.Message);
        error = Assert.Throws<FingerprintError>(() => Fit(CovarianceEstimator.Oas, true));
        Assert.Contains("all 300 samples have the same features", error.Message);
        error = Assert.Throws<FingerprintError>(() => Fit(CovarianceEstimator.Oas, true, step: 1));
        Assert.Contains("every feature of tap 'early' is constant", error.Message);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        foreach (FitOptions options in new[]
        {
            Two with { Alpha = 0 }, Two with { Alpha = 1 }, Two with { Alpha = double.NaN },
            Two with { Delta = 1 }, Two with { CalibrationShare = 1 }, Two with { FixedShrinkage = 1.1 },
            Two with { Classes = 0 },
            Two with { Taps = [] }, Two with { Taps = [new TapChoice("x", 0)] },
            Two with { Taps = [new TapChoice("x", int.MaxValue)] },
        })
        {
            Assert.Throws<ConfigError>(() => new FingerprintFitter(FakeSession.Identity, options));
        }
    }

    [Fact]
    public void A_session_and_its_statistics_side_by_side_give_the_same_fingerprint()
    {
        FitOptions options = Two with { Taps = [Two.Taps[0], new TapChoice("deep", 2)], Alpha = 0.2 };
        FingerprintFitter bySession = new(FakeSession.Identity, options, new FixedTime());
        FingerprintFitter bySpan = new(FakeSession.Identity, options, new FixedTime());
        using FakeSession session = new(new TapInfo("early", 3, 16), new TapInfo("deep", 2, 4));
        Clusters early = new(1, 3), deep = new(2, 2);
        for (int i = 0; i < 100; i++)
        {
            float[] first = early.Next(i % 2), second = deep.Next(i % 2);
            bySession.Add($"{i}", i % 2, session.Show(0, first).Show(1, second));
            bySpan.Add($"{i}", i % 2, [.. first, .. second]);
        }

        Assert.Equal(
            FingerprintFile.Serialize(bySession.Finish()), FingerprintFile.Serialize(bySpan.Finish()));
    }

    private static float[][] Samples(int count)
    {
        Clusters clusters = new(1, 3);
        return [.. Enumerable.Range(0, count).Select(i => clusters.Next(i % 2))];
    }

    private static Fingerprint Fit(float[][] samples, IEnumerable<int> order)
    {
        FingerprintFitter fitter = new(FakeSession.Identity, Two, new FixedTime());
        foreach (int i in order)
            fitter.Add($"{i}", i % 2, samples[i]);
        return fitter.Finish();
    }

    private static int CountFlagged(MahalanobisGate gate, int samples, float shift)
    {
        Clusters fresh = new(77, 3);
        return Enumerable.Range(0, samples)
            .Count(i => gate.Evaluate(fresh.Next(i % 2, shift)).Verdict == Verdict.Ood);
    }
}
