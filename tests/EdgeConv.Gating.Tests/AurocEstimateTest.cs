using CsCheck;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class AurocEstimateTest
{
    /// <summary>
    /// NumPy 1.24.2 over all pairs: with psi[i][j] = 1, ½ or 0 as outlier j is above, beside or below inlier i,
    /// numpy.cov(psi.mean(1)) / n + numpy.cov(psi.mean(0)) / m; the area beside SciPy 1.10.1's mannwhitneyu.
    /// </summary>
    [Theory]
    [InlineData(new[] { 0.1, 0.4 }, new[] { 0.35, 0.8 }, 0.75, 0.3535533905932738)]
    [InlineData(new[] { 1.0, 2, 3, 4, 5 }, new[] { 3.0, 5, 6, 7 }, 0.85, 0.1395677852037019)]
    public void The_standard_error_is_that_of_all_pairs(double[] inliers, double[] outliers, double area, double error)
    {
        AurocEstimate estimate = AurocEstimate.Of(inliers, outliers);
        Assert.Equal(area, estimate.Area, 1e-14);
        Assert.Equal(error, estimate.StandardError, 1e-14);
    }

    /// <summary>As above; scikit-learn 1.2.1's wine data, malic acid of the first class against the second.</summary>
    [Fact(Skip = SklearnData.Absent, SkipUnless = nameof(SklearnData.IsPresent), SkipType = typeof(SklearnData))]
    public void Malic_acid_of_two_kinds_of_wine_has_the_error_that_numpy_finds()
    {
        Table wine = SklearnData.Load("wine");
        double[] Of(int kind) => [.. wine.Samples.Where((_, i) => wine.Labels[i] == kind).Select(row => row[1])];
        AurocEstimate estimate = AurocEstimate.Of(Of(0), Of(1));
        Assert.Equal(0.3784912867032705, estimate.Area, 1e-13);
        Assert.Equal(0.05091358930889926, estimate.StandardError, 1e-13);
    }

    [Fact]
    public void Nine_in_ten_and_more_of_the_intervals_hold_the_true_area()
    {
        // Of normal scores one deviation apart the area is Phi(1 / sqrt 2) = 0.76024993890652.
        Random random = new(5);
        double Normal(double mean) =>
            mean + Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        int held = Enumerable.Range(0, 1000).Count(_ =>
        {
            AurocEstimate estimate = AurocEstimate.Of(
                [.. Enumerable.Range(0, 60).Select(_ => Normal(0))], [.. Enumerable.Range(0, 40).Select(_ => Normal(1))]);
            return estimate.Low <= 0.76024993890652 && estimate.High >= 0.76024993890652;
        });
        // 0.95 less and more three deviations of 1000 draws, and what a normal interval of 100 scores is short of it.
        Assert.InRange(held, 915, 971);
    }

    [Fact]
    public void Exchanging_the_sides_mirrors_the_area_and_keeps_the_error() =>
        Gen.Select(Gen.Int[0, 9].Array[2, 30], Gen.Int[0, 9].Array[2, 30]).Holds((inliers, outliers) =>
        {
            double[] x = [.. inliers.Select(i => (double)i)], y = [.. outliers.Select(i => (double)i)];
            AurocEstimate one = AurocEstimate.Of(x, y), other = AurocEstimate.Of(y, x);
            Assert.Equal(1, one.Area + other.Area, 1e-12);
            Assert.Equal(one.StandardError, other.StandardError, 1e-12);
            Assert.InRange(one.Low, 0, one.Area);
            Assert.InRange(one.High, one.Area, 1);
        }, count: 300);

    [Fact]
    public void What_is_told_apart_wholly_has_no_error_and_one_sample_has_none_that_can_be_told()
    {
        AurocEstimate apart = AurocEstimate.Of([1, 2, 3], [4, 5]);
        Assert.Equal((1, 0, 1, 1), (apart.Area, apart.StandardError, apart.Low, apart.High));
        Assert.Equal(double.NaN, AurocEstimate.Of([1], [0, 2]).StandardError);
    }
}
