using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class ShardMergeTest
{
    private const double Tolerance = 1e-12;

    private static readonly FitOptions Options = new()
    {
        Taps =
        [
            new TapChoice("early", 3) { Statistic = TapStatistic.MeanAndVariance },
            new TapChoice("deep", 2) { Mode = null },
        ],
        Classes = 2,
        Delta = 0.05,
        IsDeltaOptional = true,
    };

    private static readonly Fingerprint One = FitShard(Options with { DataHash = "one" }, Samples(1, 60));

    [Fact]
    public void Eight_shards_in_any_order_and_grouping_equal_the_batch() =>
        Gen.Int[0, 1_000_000].Holds(seed =>
        {
            Random random = new(seed);
            List<(int Class, float[] X)> samples = Samples(seed, 700);
            FingerprintFitter batch = new(FakeSession.Identity, Options, new FixedTime());
            foreach ((int c, float[] x) in samples)
                batch.Add("", c, x);
            List<(int Class, float[] X)>[] parts = [.. Enumerable.Range(0, 8).Select(_ => new List<(int, float[])>())];
            foreach ((int Class, float[] X) sample in samples)
                parts[random.Next(8)].Add(sample);
            List<Fingerprint> pending =
                [.. parts.Select((part, i) => FitShard(Options with { DataHash = $"{i}" }, part))];
            while (pending.Count > 1)
            {
                Fingerprint[] taken = Take(pending, random.Next(2, pending.Count + 1), random);
                pending.Add(ShardMerge.Merge(taken, keepsShard: true, new FixedTime()));
            }

            AssertEqual(batch.Finish(), pending[0]);
        }, count: 40);

    [Fact]
    public void The_order_on_the_command_line_does_not_change_a_byte()
    {
        Fingerprint[] shards =
        [
            .. Enumerable.Range(0, 4).Select(i => FitShard(Options with { DataHash = $"{i}" }, Samples(i, 60))),
        ];
        byte[] expected = FingerprintFile.Serialize(ShardMerge.Merge(shards, true, new FixedTime()));
        Array.Reverse(shards);
        Assert.Equal(expected, FingerprintFile.Serialize(ShardMerge.Merge(shards, true, new FixedTime())));
    }

    [Fact]
    public void A_shard_survives_its_file_and_is_a_fingerprint_for_who_does_not_merge()
    {
        byte[] bytes = FingerprintFile.Serialize(One);
        Fingerprint read = FingerprintFile.Parse("one.ecfp", bytes);
        Assert.Equal(bytes, FingerprintFile.Serialize(read));
        Assert.Equal(One.Shard!.Calibration, read.Shard!.Calibration);
        Assert.Equal(["one"], read.Shard.DataHashes);
        Assert.Equal(
            new MahalanobisGate(One with { Shard = null }, 0.2).Evaluate([1, 2, 3, 1, 1, 1, 1, 2, 1, 1]),
            new MahalanobisGate(read, 0.2).Evaluate([1, 2, 3, 1, 1, 1, 1, 2, 1, 1]));
    }

    [Fact]
    public void What_is_merged_is_as_small_as_any_other_fingerprint_unless_a_shard_is_wanted()
    {
        Fingerprint two = FitShard(Options with { DataHash = "two" }, Samples(2, 200));
        Assert.Null(ShardMerge.Merge([One, two], keepsShard: false).Shard);
        Shard shard = ShardMerge.Merge([One, two], keepsShard: true).Shard!;
        Assert.Equal(["one", "two"], shard.DataHashes);
        Assert.Equal(One.CalibrationCount + two.CalibrationCount, shard.Calibration.Count);
    }

    [Fact]
    public void The_distance_and_the_promise_are_those_of_all_samples()
    {
        FitOptions wide = Options with { Taps = [new TapChoice("deep", 20) { Mode = null }] };
        Fingerprint[] shards =
        [
            .. Enumerable.Range(0, 6).Select(i => FitShard(wide with { DataHash = $"{i}" }, Samples(i, 50, 20))),
        ];
        Assert.All(shards, shard => Assert.Equal((GateMode.Tied, null), (shard.Taps[0].Mode, shard.Delta)));
        Fingerprint merged = ShardMerge.Merge(shards, keepsShard: false);
        Assert.Equal((GateMode.Relative, 0.05), (merged.Taps[0].Mode, merged.Delta));
    }

    [Fact]
    public void A_shard_with_few_samples_is_written_but_no_gate_trusts_it()
    {
        FitOptions strict = Options with { Alpha = 0.01 };
        Fingerprint small = FitShard(strict, Samples(1, 30));
        FingerprintError error = Assert.Throws<FingerprintError>(() => new MahalanobisGate(small));
        Assert.Contains("cannot hold alpha 0.01, 99 are needed", error.Message);
        error = Assert.Throws<FingerprintError>(
            () => ShardMerge.Merge([small, FitShard(strict, Samples(2, 30))], keepsShard: false));
        Assert.Contains("99 are needed", error.Message);
    }

    [Fact]
    public void Every_changed_byte_of_a_shard_with_a_right_checksum_is_merged_or_refused()
    {
        byte[] bytes = FingerprintFile.Serialize(One);
        Fingerprint two = FitShard(Options with { DataHash = "two" }, Samples(2, 200));
        Random random = new(4);
        for (int i = 0; i < 3000; i++)
        {
            byte[] changed = [.. bytes];
            for (int n = random.Next(1, 4); n > 0; n--)
                changed[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Fingerprint read = FingerprintFile.Parse("f", FingerprintFileTest.Signed(changed));
                ShardMerge.Merge([read, two], keepsShard: true);
                ShardMerge.Merge([two, read], keepsShard: false);
            }
            catch (Exception error) when (error is FingerprintError or ConfigError)
            {
                // The other permitted outcome.
            }
        }
    }

    [Fact]
    public void Too_few_samples_for_the_average_are_told_without_the_confidence_that_was_optional()
    {
        FingerprintFitter fitter = new(FakeSession.Identity, Options, new FixedTime());
        foreach ((int c, float[] x) in Samples(1, 40))
            fitter.Add("", c, x);
        FingerprintError error = Assert.Throws<FingerprintError>(fitter.Finish);
        Assert.Contains("cannot hold alpha 0.05; 19 are needed", error.Message);
    }

    public static TheoryData<FitOptions, string> Others => new()
    {
        { Options with { Alpha = 0.1 }, "its alpha is 0.1, that of one.ecfp 0.05" },
        { Options with { Seed = 4 }, "its seed is 4, that of one.ecfp 0" },
        { Options with { Classes = 3 }, "its number of classes at tap 'early' is 3, that of one.ecfp 2" },
        { Options with { CalibrationShare = 0.4 }, "its share of calibration samples is 0.4" },
        { Options with { Delta = 0.2 }, "its delta is 0.2 where it can be held, that of one.ecfp 0.05 where" },
        { Options with { Estimator = CovarianceEstimator.Fixed }, "its estimator is fixed, that of one.ecfp oas" },
        { Options with { Taps = [Options.Taps[0]] }, "its number of taps is 1, that of one.ecfp 2" },
        {
            Options with { Taps = [Options.Taps[0], Options.Taps[1] with { Name = "x" }] },
            "its tap is 'x', that of one.ecfp 'deep'"
        },
        {
            Options with { Taps = [Options.Taps[0], Options.Taps[1] with { Mode = GateMode.Tied }] },
            "its mode at tap 'deep' is tied, that of one.ecfp automatic"
        },
        {
            Options with { Taps = [Options.Taps[0] with { Statistic = TapStatistic.Mean }, Options.Taps[1]] },
            "its statistic at tap 'early' is mean, that of one.ecfp mean+variance"
        },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Shards_of_other_options_are_refused(FitOptions other, string problem)
    {
        Fingerprint shard = FitShard(other with { DataHash = "two" }, Samples(2, 100));
        AssertRefused(problem, shard);
    }

    [Fact]
    public void Shards_of_another_model_or_the_same_data_and_what_is_no_shard_are_refused()
    {
        AssertRefused("its model is 'net' with SHA-256 c", One with { ModelSha256 = new string('c', 64) });
        AssertRefused("was fitted to the same data as one.ecfp (hash one); each data may be merged once", One);
        AssertRefused("keeps no features of its calibration samples", One with { Shard = null });
        ConfigError error = Assert.Throws<ConfigError>(() => ShardMerge.Merge([One], keepsShard: false));
        Assert.Contains("at least two are needed", error.Message);
    }

    [Fact]
    public void The_same_data_under_another_name_is_refused_with_the_shards_and_the_number_of_samples()
    {
        Fingerprint copy = FitShard(Options with { DataHash = "copy" }, Samples(1, 60));
        int count = One.DistinctCount;
        AssertRefused(
            $"{count} of its {count} distinct calibration samples are those of one.ecfp; each data may be merged once",
            copy);
    }

    [Fact]
    public void Data_that_overlaps_in_part_is_refused()
    {
        List<(int Class, float[] X)> own = Samples(9, 300);
        List<(int Class, float[] X)> overlapping = [.. own, .. Samples(1, 60).Take(30)];
        HashSet<string> theirs = [.. One.Shard!.Calibration.Select(Key)];
        Fingerprint other = FitShard(Options with { DataHash = "two" }, overlapping);
        int shared = other.Shard!.Calibration.Count(x => theirs.Contains(Key(x)));
        Assert.InRange(shared, 2, 29);
        AssertRefused($"{shared} of its {other.DistinctCount} distinct calibration samples are those of", other);

        static string Key(float[] x) => string.Join(' ', x.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void A_blank_input_of_every_device_is_tolerated_and_counts_once()
    {
        // Of those that calibrate: a blank that goes to the fit is in no one's calibration samples.
        (int Class, float[] X) blank = Enumerable.Range(0, 100)
            .Select(i => (0, Enumerable.Repeat((float)i, 10).ToArray()))
            .First(sample => FitShard(Options, [.. Samples(4, 60), sample]).CalibrationCount
                > FitShard(Options, Samples(4, 60)).CalibrationCount);
        Fingerprint[] shards =
        [
            .. Enumerable.Range(0, 3).Select(i => FitShard(
                Options with { DataHash = $"{i}" }, [.. Samples(10 * i, 100), blank, blank])),
        ];
        Fingerprint merged = ShardMerge.Merge(shards, keepsShard: true);
        Assert.Equal(shards.Sum(shard => shard.CalibrationCount), merged.CalibrationCount);
        Assert.Equal(merged.CalibrationCount - 5, merged.DistinctCount);
        Assert.Equal(merged.DistinctCount, Guarantee.Of(merged).Calibration);
        Assert.Equal(
            merged.DistinctCount, FingerprintFile.Parse("m", FingerprintFile.Serialize(merged)).DistinctCount);
    }

    [Fact]
    public void Shards_of_inputs_prepared_otherwise_are_refused_in_one_line()
    {
        FitOptions prepared = Options with { DataHash = "two", Preparation = Preparation("mean=5; std=2") };
        Fingerprint one = One with { Place = "one.ecfp", Preparation = Preparation("mean=0; std=2") };
        FingerprintError error = Assert.Throws<FingerprintError>(() => ShardMerge.Merge(
            [one, FitShard(prepared, Samples(2, 100)) with { Place = "two.ecfp" }], keepsShard: true));
        Assert.Equal(
            "two.ecfp: its inputs were prepared with mean 5, those of one.ecfp with 0; "
                + "only shards of inputs prepared alike can be merged",
            error.Message);
    }

    [Fact]
    public void What_one_shard_leaves_open_the_others_tell()
    {
        Fingerprint[] shards =
        [
            FitPrepared(0, ""), FitPrepared(1, "mean=0"), FitPrepared(2, "mean=0; rate_hz=50"),
        ];
        Fingerprint merged = ShardMerge.Merge(shards, keepsShard: false);
        Assert.Equal("mean=0; rate_hz=50", merged.Preparation.ToString());
        Fingerprint read = FingerprintFile.Parse("m.ecfp", FingerprintFile.Serialize(merged));
        read.RequirePreparation("here", Preparation("mean=0; std=7"));
        read.RequirePreparation("here", InputPreparation.Unknown);
        FingerprintError error = Assert.Throws<FingerprintError>(
            () => read.RequirePreparation("pipeline 'a'", Preparation("mean=0; rate_hz=25")));
        Assert.Equal(
            "m.ecfp: fitted to inputs prepared with rate_hz 50, but pipeline 'a' prepares them with 25; "
                + "verdicts need both alike",
            error.Message);
    }

    private static Fingerprint FitPrepared(int part, string preparation) => FitShard(
        Options with { DataHash = $"{part}", Preparation = Preparation(preparation) }, Samples(10 * part, 100));

    private static InputPreparation Preparation(string text) => InputPreparation.Parse(text);

    [Fact]
    public void An_estimator_that_needs_every_sample_makes_no_shard()
    {
        FitOptions options = Options with { Estimator = CovarianceEstimator.LedoitWolf };
        FingerprintError error = Assert.Throws<FingerprintError>(() => FitShard(options, Samples(1, 60)));
        Assert.Contains("shards with it cannot be merged; use oas", error.Message);
    }

    private static void AssertRefused(string problem, Fingerprint other)
    {
        FingerprintError error = Assert.Throws<FingerprintError>(() => ShardMerge.Merge(
            [One with { Place = "one.ecfp" }, other with { Place = "two.ecfp" }], keepsShard: true));
        Assert.StartsWith("two.ecfp: ", error.Message);
        Assert.Contains(problem, error.Message);
    }

    private static void AssertEqual(Fingerprint expected, Fingerprint actual)
    {
        Assert.Equal(expected.CalibrationCount, actual.CalibrationCount);
        Assert.Equal((expected.Delta, expected.Alpha), (actual.Delta, actual.Alpha));
        for (int t = 0; t < expected.Taps.Count; t++)
        {
            TapFingerprint one = expected.Taps[t], other = actual.Taps[t];
            Assert.Equal(one.Mode, other.Mode);
            Assert.Equal(one.Moments.Counts, other.Moments.Counts);
            AssertNear(one.Moments.Means, other.Moments.Means);
            AssertNear(one.Moments.Scatter, other.Moments.Scatter);
            AssertNear(Distances(one, actual), Distances(other, actual));
            foreach ((float a, float b) in one.Scores.Zip(other.Scores))
                Assert.Equal(a, b, 1e-4 * (1 + Math.Abs(a)));
        }
    }

    // In double, of the calibration samples of all shards.
    private static double[] Distances(TapFingerprint tap, Fingerprint merged)
    {
        double[] covariance = tap.Moments.WithinCovariance();
        Shrinkage.Apply(covariance, tap.Dimension, tap.Shrinkage);
        GaussianModel model = GaussianModel.ClassMeans(tap.Moments, covariance);
        int start = tap.Name == "early" ? 0 : 6;
        return
        [
            .. merged.Shard!.Calibration.Select(x =>
                model.SquaredDistance([.. x.Skip(start).Take(tap.Dimension).Select(v => (double)v)])),
        ];
    }

    // Relative to the greatest: a mean or product near 0 is the difference of large ones.
    private static void AssertNear(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        double greatest = 0;
        foreach (double value in expected)
            greatest = Math.Max(greatest, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance * greatest);
    }

    private static Fingerprint[] Take(List<Fingerprint> pending, int count, Random random)
    {
        Fingerprint[] taken = new Fingerprint[count];
        for (int i = 0; i < count; i++)
        {
            int at = random.Next(pending.Count);
            taken[i] = pending[at];
            pending.RemoveAt(at);
        }

        return taken;
    }

    private static List<(int Class, float[] X)> Samples(int seed, int count, int channels = 0)
    {
        Clusters early = new(seed, 3), deep = new(seed + 1, channels == 0 ? 2 : channels);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
                (i % 2, (float[])[.. channels == 0 ? early.Next(i % 2) : [], .. deep.Next(i % 2)])),
        ];
    }

    private static Fingerprint FitShard(FitOptions options, List<(int Class, float[] X)> samples)
    {
        FingerprintFitter fitter = new(FakeSession.Identity, options, new FixedTime());
        int length = options.Taps.Sum(tap => 2 * tap.Channels);
        foreach ((int c, float[] x) in samples)
            fitter.Add("", c, x.AsSpan(0, length));
        return fitter.FinishShard();
    }
}
