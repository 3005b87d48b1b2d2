using CsCheck;
using EdgeConv.Kernels.Linear;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class GaussianModelTest
{
    private const int Dimension = 4;

    private static readonly Gen<double[][]> Samples = Gen.Double[-1, 1].Array[Dimension].Array[12, 40];

    [Fact]
    public void Full_distance_does_not_change_under_an_affine_map_of_the_features() =>
        Gen.Select(Samples, Gen.Double[-1, 1].Array[Dimension].Array[Dimension]).Holds((samples, matrix) =>
        {
            double[][] mapped = [.. samples.Select(x => Mapped(matrix, x))];
            GaussianModel before = Full(samples), after = Full(mapped);
            for (int i = 0; i < samples.Length; i++)
                AssertClose(before.SquaredDistance(samples[i]), after.SquaredDistance(mapped[i]), 1e-7);
        }, count: 500);

    [Fact]
    public void Diagonal_distance_does_not_change_under_scaling_of_channels() =>
        Gen.Select(Samples, Gen.Double[0.001, 1000].Array[Dimension]).Holds((samples, scales) =>
        {
            double[][] mapped = [.. samples.Select(x => x.Zip(scales, (v, s) => v * s).ToArray())];
            GaussianModel before = GaussianModel.Diagonal(MomentsOf(samples));
            GaussianModel after = GaussianModel.Diagonal(MomentsOf(mapped));
            for (int i = 0; i < samples.Length; i++)
                AssertClose(before.SquaredDistance(samples[i]), after.SquaredDistance(mapped[i]), 1e-9);
        }, count: 500);

    [Fact]
    public void Mean_distance_over_the_fit_set_is_the_rank() =>
        Gen.Select(Samples, Gen.Bool, Gen.Bool).Holds((samples, constant, dependent) =>
        {
            foreach (double[] x in samples)
            {
                x[1] = constant ? 0.5 : x[1];
                x[3] = dependent ? 2 * x[0] - x[2] : x[3];
            }

            GaussianModel model = Full(samples);
            int rank = Dimension - (constant ? 1 : 0) - (dependent ? 1 : 0);
            Assert.Equal(rank, model.Factor!.Rank);
            AssertClose(rank, samples.Average(x => model.SquaredDistance(x)), 1e-9);
        }, count: 500);

    [Fact]
    public void Contributions_sum_to_the_distance_in_both_precisions() =>
        Gen.Select(Samples, Gen.Double[-5, 5].Array[Dimension]).Holds((samples, x) =>
        {
            GaussianModel[] models = [Full(samples), GaussianModel.Diagonal(MomentsOf(samples))];
            foreach (GaussianModel model in models)
            {
                double distance = model.SquaredDistance(x);
                AssertClose(distance, model.Contributions(x).Sum(), 1e-9);
                MahalanobisEvaluator evaluator = new(model.ToSingle());
                float single = evaluator.SquaredDistance([.. x.Select(v => (float)v)]);
                float[] contributions = new float[Dimension];
                evaluator.AddContributions(contributions, -1);
                AssertClose(distance, single, 1e-3);
                AssertClose(distance, -contributions.Sum(), 1e-3);
            }
        }, count: 500);

    [Fact]
    public void A_class_without_samples_is_no_mean()
    {
        Moments moments = new(1, 3);
        foreach (double x in new[] { 10.0, 11, 12 })
            moments.Add(1, [x]);
        moments.Add(2, [-5.0]);
        GaussianModel model = GaussianModel.ClassMeans(moments, moments.WithinCovariance());
        Assert.Equal(2, model.Classes);
        Assert.True(model.SquaredDistance([0.0]) > 10);
    }

    [Fact]
    public void A_constant_channel_of_the_diagonal_gate_counts_but_stays_finite()
    {
        Moments moments = new(2, 1);
        foreach (double x in new[] { 1.0, 2, 3 })
            moments.Add(0, [x, 7.0]);
        GaussianModel model = GaussianModel.Diagonal(moments);
        Assert.Equal(0, model.SquaredDistance([2.0, 7]), 1e-15);
        Assert.Equal(1.5, model.SquaredDistance([2.0, 8]), 1e-12);
    }

    [Fact]
    public void A_factor_times_its_transpose_is_the_matrix() =>
        Samples.Holds(samples =>
        {
            double[] covariance = MomentsOf(samples).TotalCovariance();
            Cholesky factor = new(covariance, Dimension);
            for (int row = 0; row < Dimension; row++)
            {
                for (int column = 0; column <= row; column++)
                {
                    double product = F64Linear.Dot(
                        factor.Lower.Slice(PackedLower.RowStart(row), column + 1),
                        factor.Lower.Slice(PackedLower.RowStart(column), column + 1));
                    Assert.Equal(covariance[PackedLower.RowStart(row) + column], product, 1e-14);
                }
            }
        }, count: 500);

    private static Moments MomentsOf(double[][] samples) => new Table(samples, []).Moments();

    private static GaussianModel Full(double[][] samples)
    {
        Moments moments = MomentsOf(samples);
        return GaussianModel.SingleMean(moments, moments.TotalCovariance());
    }

    // The identity keeps the map far from singular.
    private static double[] Mapped(double[][] matrix, double[] x) =>
        [.. matrix.Select((row, i) => 3 + 5 * x[i] + row.Zip(x, (m, v) => m * v).Sum())];

    private static void AssertClose(double expected, double actual, double relative) =>
        Assert.Equal(expected, actual, relative * Math.Max(1, Math.Abs(expected)));
}
