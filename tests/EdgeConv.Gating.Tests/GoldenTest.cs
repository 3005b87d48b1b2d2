using Xunit;

namespace EdgeConv.Gating.Tests;

/// <summary>
/// Values of scikit-learn 1.2.1's covariance estimators and their <c>mahalanobis</c> on its bundled data, raw
/// features. 1e-9 relative in double; 1e-4 in single precision.
/// </summary>
public sealed class GoldenTest
{
    private const string Present = nameof(SklearnData.IsPresent);
    private const double Tolerance = 1e-9;
    private const double SingleTolerance = 1e-4;

    public static TheoryData<string, CovarianceEstimator, double[]> Estimators => new()
    {
        // shrinkage, log det, d2 of sample 0, mean d2, greatest d2, its sample
        {
            "wine", CovarianceEstimator.Empirical,
            [0, 0.5351229971855229, 12.797734596522732,
                13, 58.98469622870947, 121]
        },
        {
            "wine", CovarianceEstimator.LedoitWolf,
            [0.010511181855745042, 65.4031146281925, 3.0209155584881784,
                1.8945604755907228, 14.443337164011835, 95]
        },
        {
            "wine", CovarianceEstimator.Oas,
            [0.0121313025174106, 66.99901694675201, 2.921131559582855,
                1.8398269190548986, 13.778730468426613, 95]
        },
        {
            "wine", CovarianceEstimator.Fixed,
            [0.1, 91.21133494709758, 1.653473398115318,
                1.3115433240935428, 9.807975238178932, 18]
        },
        {
            "breast_cancer", CovarianceEstimator.Empirical,
            [0, -150.16219976978306, 92.60914931947254,
                30, 408.603984783668, 152]
        },
        {
            "breast_cancer", CovarianceEstimator.LedoitWolf,
            [0.011002363344161662, 167.11543670553945, 22.882194793925585,
                3.291571192145449, 231.3878486393442, 212]
        },
        {
            "breast_cancer", CovarianceEstimator.Oas,
            [0.0037008937613607087, 138.354992968018, 29.457888507904745,
                3.9375990219201564, 252.85131464243779, 212]
        },
        {
            "breast_cancer", CovarianceEstimator.Fixed,
            [0.1, 227.14445450479815, 15.88744110520735,
                2.404605283584878, 139.78489020182067, 212]
        },
        {
            "digits", CovarianceEstimator.Empirical,
            [0, double.NegativeInfinity, 27.423435446312023,
                61, 1796, 502]
        },
        {
            "digits", CovarianceEstimator.LedoitWolf,
            [0.00892846980882563, 85.98546231694384, 26.279384011808443,
                50.19004412165332, 402.2641412686382, 988]
        },
        {
            "digits", CovarianceEstimator.Oas,
            [0.009921599070502263, 87.4569426803098, 26.197451957797117,
                49.905015583968044, 379.69406197208184, 988]
        },
        {
            "digits", CovarianceEstimator.Fixed,
            [0.1, 129.45825933250657, 22.773769651868225,
                40.759948732688514, 149.1096292014696, 1572]
        },
    };

    // The digits have three constant pixels: without shrinkage their covariance has no inverse.
    public static TheoryData<string, CovarianceEstimator, double[]> DefiniteEstimators =>
        [.. Estimators.Where(row => double.IsFinite(row.Data.Item3[1]))];

    [Theory(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    [MemberData(nameof(Estimators))]
    public void One_gaussian_matches_the_estimators(
        string set, CovarianceEstimator estimator, double[] expected)
    {
        Table table = SklearnData.Load(set);
        (GaussianModel model, double shrinkage) = Fit(table, estimator);
        double[] distances = [.. table.Samples.Select(x => model.SquaredDistance(x))];
        AssertRelative(expected[0], shrinkage);
        AssertRelative(expected[1], model.Factor!.LogDeterminant);
        AssertRelative(expected[2], distances[0]);
        AssertRelative(expected[3], distances.Average());
        AssertRelative(expected[4], distances.Max());
        Assert.Equal((int)expected[5], Array.IndexOf(distances, distances.Max()));
    }

    [Theory(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    [MemberData(nameof(DefiniteEstimators))]
    public void Single_precision_keeps_four_digits(
        string set, CovarianceEstimator estimator, double[] expected)
    {
        Table table = SklearnData.Load(set);
        MahalanobisEvaluator evaluator = new(Fit(table, estimator).Model.ToSingle());
        double[] distances = [.. table.Samples.Select(x => (double)evaluator.SquaredDistance(Single(x)))];
        AssertRelative(expected[2], distances[0], SingleTolerance);
        AssertRelative(expected[3], distances.Average(), SingleTolerance);
        AssertRelative(expected[4], distances.Max(), SingleTolerance);
    }

    [Theory(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    [InlineData("wine", 98833.12575004752)]
    [InlineData("breast_cancer", 451102.3619581767)]
    [InlineData("digits", 1201.4787373626168)]
    public void Traces_match(string set, double expected) =>
        AssertRelative(expected, SklearnData.Load(set).Moments().TotalVariance().Sum());

    public static TheoryData<string, double[]> WineModes => new()
    {
        { "tied empirical", [11.536684411247274, 8.78744134665036, 7.9288061714290485] },
        { "single empirical", [12.797734596522732, 9.863181165221453, 9.44427927526922] },
        { "relative empirical", [-1.2610501852754563, -1.0757398185708738, -1.5154731038397689] },
        { "tied oas", [2.5865065978006916, 1.3119174606592812, 0.5201635121266537] },
        { "relative oas", [-0.3346249617821635, -0.2138031800209399, -1.6482166545415913] },
        { "diagonal", [16.00335754236676, 11.454546626775423, 11.034624664012435] },
        { "class-diagonal", [8.152663678017502, 10.449897313487721, 6.553134905132031] },
        { "normalized tied empirical", [3.900969745599122, 2.4351079005070986, 2.287374099639203] },
    };

    [Theory(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    [MemberData(nameof(WineModes))]
    public void Modes_match_on_wine(string mode, double[] expected)
    {
        Table wine = Wine(mode);
        (GaussianModel classes, GaussianModel? whole) = FitMode(mode, wine);
        for (int i = 0; i < expected.Length; i++)
        {
            double background = whole?.SquaredDistance(wine.Samples[i]) ?? 0;
            AssertRelative(expected[i], classes.SquaredDistance(wine.Samples[i]) - background);
        }
    }

    [Theory(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    [MemberData(nameof(WineModes))]
    public void Modes_match_on_wine_in_single_precision(string mode, double[] expected)
    {
        Table wine = Wine(mode);
        (GaussianModel classes, GaussianModel? whole) = FitMode(mode, wine);
        MahalanobisEvaluator near = new(classes.ToSingle());
        MahalanobisEvaluator? far = whole is null ? null : new(whole.ToSingle());
        for (int i = 0; i < expected.Length; i++)
        {
            float background = far?.SquaredDistance(Single(wine.Samples[i])) ?? 0;
            float actual = near.SquaredDistance(Single(wine.Samples[i])) - background;
            AssertRelative(expected[i], actual, SingleTolerance);
        }
    }

    [Fact(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    public void Tied_distances_of_the_fit_set_sum_to_samples_times_features()
    {
        Table wine = SklearnData.Load("wine");
        Moments moments = wine.Moments(labelled: true);
        Cholesky factor = new(moments.WithinCovariance(), 13);
        double sum = 0;
        for (int i = 0; i < wine.Samples.Length; i++)
            sum += SquaredNorm(factor, wine.Samples[i], moments.MeanOf(wine.Labels[i]));
        AssertRelative(2314, sum);
        AssertRelative(0.01219239337295166, Shrinkage.Oas(moments.WithinCovariance(), 13, moments.Count));
    }

    [Fact(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    public void The_nearest_class_is_the_label_of_every_wine()
    {
        Table wine = SklearnData.Load("wine");
        Moments moments = wine.Moments(labelled: true);
        MahalanobisEvaluator evaluator =
            new(GaussianModel.ClassMeans(moments, moments.WithinCovariance()).ToSingle());
        for (int i = 0; i < wine.Samples.Length; i++)
        {
            evaluator.SquaredDistance(Single(wine.Samples[i]));
            Assert.Equal(wine.Labels[i], evaluator.Nearest);
        }
    }

    [Fact(SkipUnless = Present, SkipType = typeof(SklearnData), Skip = SklearnData.Absent)]
    public void Contributions_match_and_sum_to_the_distance()
    {
        double[] expected =
        [
            2.600247, .407452, .023917, 1.36533, 4.253962, -1.46038, -1.092602, -.768778, .878003, .155484,
            -.270413, 8.229845, -1.524332,
        ];
        Table wine = SklearnData.Load("wine");
        GaussianModel model = Fit(wine, CovarianceEstimator.Empirical).Model;
        double[] contributions = model.Contributions(wine.Samples[0]);
        MahalanobisEvaluator evaluator = new(model.ToSingle());
        evaluator.SquaredDistance(Single(wine.Samples[0]));
        float[] single = new float[13];
        evaluator.AddContributions(single, 1);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], contributions[i], 1e-6);
            Assert.Equal(expected[i], single[i], 1e-3);
        }

        AssertRelative(12.797734596522732, contributions.Sum());
    }

    private static Table Wine(string mode)
    {
        Table wine = SklearnData.Load("wine");
        return mode.StartsWith("normalized", StringComparison.Ordinal)
            ? wine with { Samples = [.. wine.Samples.Select(Normalized)] }
            : wine;
    }

    private static (GaussianModel Model, double Shrinkage) Fit(Table table, CovarianceEstimator estimator)
    {
        Moments moments = table.Moments();
        double[] covariance = moments.TotalCovariance();
        double[] mean = moments.Mean();
        double shrinkage = estimator switch
        {
            CovarianceEstimator.Oas => Shrinkage.Oas(covariance, moments.Dimension, moments.Count),
            CovarianceEstimator.LedoitWolf => Shrinkage.LedoitWolf(
                covariance, moments.Dimension, moments.Count,
                table.Samples.Average(x => Shrinkage.FourthPower(x, mean))),
            CovarianceEstimator.Fixed => 0.1,
            _ => 0,
        };
        Shrinkage.Apply(covariance, moments.Dimension, shrinkage);
        return (GaussianModel.SingleMean(moments, covariance), shrinkage);
    }

    private static (GaussianModel Classes, GaussianModel? Whole) FitMode(string mode, Table wine)
    {
        Moments moments = wine.Moments(labelled: true);
        bool shrink = mode.EndsWith("oas", StringComparison.Ordinal);
        double[] within = Shrunk(moments.WithinCovariance(), moments, shrink);
        double[] total = Shrunk(moments.TotalCovariance(), moments, shrink);
        return mode.Split(' ')[0] switch
        {
            "diagonal" => (GaussianModel.Diagonal(moments), null),
            "class-diagonal" => (GaussianModel.ClassDiagonal(moments), null),
            "single" => (GaussianModel.SingleMean(moments, total), null),
            "relative" =>
                (GaussianModel.ClassMeans(moments, within), GaussianModel.SingleMean(moments, total)),
            _ => (GaussianModel.ClassMeans(moments, within), null),
        };
    }

    private static double[] Shrunk(double[] covariance, Moments moments, bool shrink)
    {
        if (shrink)
        {
            double amount = Shrinkage.Oas(covariance, moments.Dimension, moments.Count);
            Shrinkage.Apply(covariance, moments.Dimension, amount);
        }

        return covariance;
    }

    private static double SquaredNorm(Cholesky factor, double[] sample, ReadOnlySpan<double> mean)
    {
        double[] u = new double[sample.Length];
        for (int i = 0; i < u.Length; i++)
            u[i] = sample[i] - mean[i];
        factor.SolveForward(u);
        return u.Sum(x => x * x);
    }

    private static double[] Normalized(double[] sample)
    {
        double norm = Math.Sqrt(sample.Sum(x => x * x));
        return [.. sample.Select(x => x / norm)];
    }

    private static float[] Single(double[] sample) => [.. sample.Select(x => (float)x)];

    private static void AssertRelative(double expected, double actual, double tolerance = Tolerance)
    {
        if (double.IsInfinity(expected))
            Assert.Equal(expected, actual);
        else
            Assert.Equal(expected, actual, tolerance * Math.Abs(expected));
    }
}
