using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class FitStateFileTest : IDisposable
{
    private const int Count = 300;
    private const string Preparation = "as it is";

    private static readonly FitOptions Options = new()
    {
        Taps =
        [
            new TapChoice("early", 3) { Statistic = TapStatistic.MeanAndVariance },
            new TapChoice("deep", 2) { Mode = null },
        ],
        Classes = 2,
        DataHash = "data",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-state-").FullName;

    private string StatePath => Path.Combine(_folder, "fit.state");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_fit_that_is_interrupted_anywhere_ends_in_the_same_bytes() =>
        Gen.Int[0, Count].Array[0, 5].Holds(interruptions =>
        {
            (FingerprintFitter fitter, OutlierCheck check) = Begin();
            FitPosition position = default;
            foreach (int stop in interruptions.Order())
            {
                Feed(fitter, check, (int)position.Read, stop);
                FitStateFile.Write(StatePath, fitter, check, new FitPosition(stop, 0), Preparation);
                (fitter, check) = Begin();
                position = FitStateFile.Read(StatePath, fitter, check, Preparation);
                Assert.Equal(new FitPosition(stop, 0), position);
            }

            Feed(fitter, check, (int)position.Read, Count);
            (FingerprintFitter straight, OutlierCheck straightCheck) = Begin();
            Feed(straight, straightCheck, 0, Count);
            Fingerprint expected = straight.Finish(), actual = fitter.Finish();
            Assert.Equal(FingerprintFile.Serialize(expected), FingerprintFile.Serialize(actual));
            Assert.Equal(straightCheck.Rank(expected), check.Rank(actual));
        }, count: 60);

    [Fact]
    public void Skipped_samples_are_counted_too()
    {
        (FingerprintFitter fitter, OutlierCheck check) = Begin();
        FitStateFile.Write(StatePath, fitter, check, new FitPosition(5, 7), Preparation);
        Assert.Equal(12, FitStateFile.Read(StatePath, fitter, check, Preparation).Read);
    }

    [Fact]
    public void Every_flipped_bit_and_truncation_is_refused()
    {
        WriteOne();
        byte[] bytes = File.ReadAllBytes(StatePath);
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            AssertRefused(damaged);
            AssertRefused(bytes[..random.Next(bytes.Length)]);
        }
    }

    [Theory]
    [InlineData("its model differ")]
    [InlineData("its data differ")]
    [InlineData("its options differ")]
    public void The_state_of_another_fit_is_refused(string problem)
    {
        WriteOne();
        bool isOption = problem.Contains("options", StringComparison.Ordinal);
        foreach (FitOptions options in isOption
            ? (FitOptions[])[Options with { Alpha = 0.1 }, Options with { Seed = 1 }, Options with { Classes = 3 }]
            : [Options with { DataHash = problem.Contains("data", StringComparison.Ordinal) ? "other" : "data" }])
        {
            ModelIdentity model = problem.Contains("model", StringComparison.Ordinal)
                ? FakeSession.Identity with { Sha256 = new string('b', 64) }
                : FakeSession.Identity;
            AssertRefused(problem, new FingerprintFitter(model, options), new OutlierCheck(["far"]), Preparation);
        }
    }

    [Fact]
    public void Other_kinds_of_outliers_and_other_preprocessing_are_another_fit()
    {
        WriteOne();
        (FingerprintFitter fitter, OutlierCheck check) = Begin();
        AssertRefused("its options differ", fitter, null, Preparation);
        AssertRefused("its options differ", fitter, new OutlierCheck(["noise"]), Preparation);
        AssertRefused("its options differ", fitter, check, "another mean");
    }

    [Fact]
    public void A_state_belongs_to_one_fit_at_a_time_and_to_the_next_when_that_has_ended()
    {
        using (FitStateLock.Take(StatePath))
        {
            FingerprintError error = Assert.Throws<FingerprintError>(() => FitStateLock.Take(StatePath));
            Assert.Equal(
                $"{StatePath}: is the state of a fit that is running; let it end, or name another file", error.Message);
        }

        Assert.Empty(Directory.GetFiles(_folder));
        // What a killed fit leaves is there, but not locked.
        File.WriteAllText($"{StatePath}.lock", "");
        FitStateLock.Take(StatePath).Dispose();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void What_killed_writers_have_left_is_cleaned_and_nothing_else()
    {
        string[] leftovers = [.. Enumerable.Range(0, 3).Select(_ => $"{StatePath}.{Guid.NewGuid():N}.tmp")];
        string[] others =
            [$"{StatePath}.tmp", $"{StatePath}.mine.tmp", $"{StatePath}.2.{Guid.NewGuid():N}.tmp", $"{StatePath}.bak"];
        foreach (string file in leftovers.Concat(others))
            File.WriteAllText(file, "x");
        using (new FileStream(leftovers[0], FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
        {
            FitStateLock.Take(StatePath).Dispose();
            AssertFiles([leftovers[0], .. others]);
        }

        Clusters.Fit(Options, 200).Write(StatePath);
        AssertFiles([StatePath, .. others]);

        void AssertFiles(string[] expected) => Assert.Equal(
            expected.Order(StringComparer.Ordinal), Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Writers_of_one_file_at_once_leave_it_whole_and_nothing_beside_it()
    {
        Fingerprint fingerprint = Clusters.Fit(Options, 200);
        Parallel.For(0, 400, _ =>
        {
            fingerprint.Write(StatePath);
            Assert.Equal(fingerprint.ModelName, Fingerprint.Read(StatePath).ModelName);
        });
        Assert.Equal(FingerprintFile.Serialize(fingerprint), File.ReadAllBytes(StatePath));
        Assert.Equal([StatePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_fingerprint_is_no_state_and_a_state_is_no_fingerprint()
    {
        WriteOne();
        FingerprintError error = Assert.Throws<FingerprintError>(() => Fingerprint.Read(StatePath));
        Assert.Contains("its format is 'edgeconv-fit-state'", error.Message);
        Clusters.Fit(Options, 200).Write(StatePath);
        (FingerprintFitter fitter, OutlierCheck check) = Begin();
        AssertRefused("'format' is 'edgeconv-fingerprint'", fitter, check, Preparation);
        Assert.Equal([StatePath], Directory.GetFiles(_folder));
    }

    private static (FingerprintFitter Fitter, OutlierCheck Check) Begin() =>
        (new FingerprintFitter(FakeSession.Identity, Options, new FixedTime()), new OutlierCheck(["far"]));

    private static void Feed(FingerprintFitter fitter, OutlierCheck check, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            float[] early = new Clusters(2 * i, 3).Next(i % 2), deep = new Clusters(2 * i + 1, 2).Next(i % 2);
            if (!fitter.Add($"{i}", i % 2, [.. early, .. deep]))
                continue;
            using FakeSession session = new(new TapInfo("early", 3, 4), new TapInfo("deep", 2, 1));
            check.AddOriginal(session.Show(0, early).Show(1, deep));
            check.AddOutlier(0, session.Show(0, new Clusters(i, 3).Next(0, shift: 5)));
        }
    }

    private void WriteOne()
    {
        (FingerprintFitter fitter, OutlierCheck check) = Begin();
        Feed(fitter, check, 0, 50);
        FitStateFile.Write(StatePath, fitter, check, new FitPosition(50, 0), Preparation);
    }

    private void AssertRefused(byte[] bytes)
    {
        File.WriteAllBytes(StatePath, bytes);
        (FingerprintFitter fitter, OutlierCheck check) = Begin();
        Assert.Throws<FingerprintError>(() => FitStateFile.Read(StatePath, fitter, check, Preparation));
    }

    private void AssertRefused(string problem, FingerprintFitter fitter, OutlierCheck? check, string preparation)
    {
        FingerprintError error =
            Assert.Throws<FingerprintError>(() => FitStateFile.Read(StatePath, fitter, check, preparation));
        Assert.StartsWith(StatePath, error.Message);
        Assert.Contains(problem, error.Message);
    }
}
