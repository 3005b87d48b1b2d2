namespace EdgeConv.Gating;

/// <summary>
/// Which distance a tap's features are judged by. f features, μ mean, W within-class covariance.
/// </summary>
public enum GateMode
{
    /// <summary>Σ (f − μ)² / var, one mean for all: the mean and variance of every channel.</summary>
    Diagonal,

    /// <summary>
    /// The least of Σ (f − μ_c)² / var over the classes, with the variances around the class means.
    /// </summary>
    ClassDiagonal,

    /// <summary>The least of (f − μ_c)ᵀ W⁻¹ (f − μ_c) over the classes.</summary>
    Tied,

    /// <summary>
    /// <see cref="Tied"/> less the distance (f − μ)ᵀ T⁻¹ (f − μ) to all data as one Gaussian.
    /// </summary>
    Relative,
}

/// <summary>Which statistics of a tap [C channels] are its features.</summary>
public enum TapStatistic
{
    /// <summary>The mean of each channel: C features.</summary>
    Mean,

    /// <summary>The mean of each channel, then the variance of each: 2C features.</summary>
    MeanAndVariance,
}

/// <summary>The names that options and fingerprint files use.</summary>
public static class GateNames
{
    private static readonly string[] Modes = ["diagonal", "class-diagonal", "tied", "relative"];
    private static readonly string[] Statistics = ["mean", "mean+variance"];
    private static readonly string[] Estimators = ["empirical", "oas", "ledoit-wolf", "fixed"];

    /// <summary><c>diagonal</c>, <c>class-diagonal</c>, <c>tied</c> or <c>relative</c>.</summary>
    public static string Of(GateMode mode) => Modes[(int)mode];

    /// <summary><c>mean</c> or <c>mean+variance</c>.</summary>
    public static string Of(TapStatistic statistic) => Statistics[(int)statistic];

    /// <summary><c>empirical</c>, <c>oas</c>, <c>ledoit-wolf</c> or <c>fixed</c>.</summary>
    public static string Of(CovarianceEstimator estimator) => Estimators[(int)estimator];

    /// <summary>The mode called <paramref name="name"/>; false when there is none.</summary>
    public static bool TryParse(string name, out GateMode mode)
    {
        mode = (GateMode)Math.Max(0, Array.IndexOf(Modes, name));
        return Modes.Contains(name);
    }

    /// <summary>The statistic called <paramref name="name"/>; false when there is none.</summary>
    public static bool TryParse(string name, out TapStatistic statistic)
    {
        statistic = (TapStatistic)Math.Max(0, Array.IndexOf(Statistics, name));
        return Statistics.Contains(name);
    }

    /// <summary>The estimator called <paramref name="name"/>; false when there is none.</summary>
    public static bool TryParse(string name, out CovarianceEstimator estimator)
    {
        estimator = (CovarianceEstimator)Math.Max(0, Array.IndexOf(Estimators, name));
        return Estimators.Contains(name);
    }
}
