using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class OutlierCheckTest
{
    private static readonly FitOptions Options = new()
    {
        Taps = [new TapChoice("early", 3), new TapChoice("deep", 2) { Mode = GateMode.Diagonal }], Classes = 2,
    };

    /// <summary>scikit-learn 1.2.1: roc_auc_score([0,0,1,1], scores).</summary>
    [Theory]
    [InlineData(0.75, 0.1, 0.4, 0.35, 0.8)]
    [InlineData(0.875, 0.1, 0.4, 0.4, 0.8)]
    public void Ties_count_one_half(double expected, double in0, double in1, double out0, double out1) =>
        Assert.Equal(expected, Auroc.Of([in0, in1], [out0, out1]));

    [Fact]
    public void The_area_is_the_share_of_pairs_in_the_right_order() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 30], Gen.Int[0, 9].Array[1, 30]).Holds((inliers, outliers) =>
        {
            double[] x = [.. inliers.Select(i => (double)i)], y = [.. outliers.Select(i => (double)i)];
            double pairs = (from a in x from b in y select b > a ? 1 : b == a ? 0.5 : 0).Sum();
            Assert.Equal(pairs / (x.Length * y.Length), Auroc.Of(x, y), 1e-12);
            Assert.Equal(1, Auroc.Of(x, y) + Auroc.Of(y, x), 1e-12);
        }, count: 500);

    [Fact]
    public void A_tap_that_sees_nothing_and_one_that_ranks_backwards_are_told_from_one_that_works()
    {
        Fingerprint fingerprint = Clusters.Fit(Options, 900);
        OutlierCheck check = new(["far", "between"]);
        Clusters early = new(20, 3), deep = new(21, 2);
        for (int i = 0; i < 100; i++)
        {
            float[] a = early.Next(i % 2), b = deep.Next(i % 2);
            check.AddOriginal(Session(a, b));
            check.AddOutlier(0, Session(early.Next(i % 2, shift: 9), deep.Next(i % 2)));
            // Between the classes: nearest to the mean that the diagonal distance is taken from.
            check.AddOutlier(1, Session(early.Next(i % 2), [0, 0, 1, 1]));
        }

        Dictionary<(string?, string), double> area =
            check.Rank(fingerprint).ToDictionary(rank => (rank.Tap, rank.Kind), rank => rank.Auroc);
        Assert.Equal(6, area.Count);
        Assert.InRange(area[("early", "far")], 0.99, 1);
        Assert.InRange(area[("early", "between")], 0.4, 0.6);
        Assert.InRange(area[("deep", "far")], 0.4, 0.6);
        Assert.InRange(area[("deep", "between")], 0, 0.01);
        Assert.InRange(area[(null, "far")], 0.95, 1);
        Assert.Equal(100, check.Count);
    }

    [Fact]
    public void Without_a_sample_nothing_is_ranked() =>
        Assert.Empty(new OutlierCheck(["noise"]).Rank(Clusters.Fit(Options, 300)));

    private static FakeSession Session(float[] early, float[] deep) =>
        new FakeSession(new TapInfo("early", 3, 4), new TapInfo("deep", 2, 1)).Show(0, early).Show(1, deep);
}
