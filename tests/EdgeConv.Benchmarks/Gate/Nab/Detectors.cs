using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>The detectors that NAB itself compares with: for each row a score, higher is odder.</summary>
internal static class Detectors
{
    private const int Window = 6400;
    private const int Step = 100;

    /// <summary>
    /// NAB's windowed Gaussian: 1 less the tail of a normal distribution with the mean and deviation of the
    /// rows before; of all of them up to 6400, then of the latest 6400, moved in steps of 100.
    /// </summary>
    public static double[] WindowedGaussian(NabSeries series)
    {
        double[] scores = new double[series.Values.Length];
        double mean = 0, deviation = 1;
        for (int row = 0; row < scores.Length; row++)
        {
            if (row > 0)
                scores[row] = 1 - UpperTail(Math.Abs(series.Values[row] - mean) / deviation);
            int seen = row + 1;
            if (seen <= Window || (seen - Window) % Step == 0)
                (mean, deviation) = MomentsOf(series.Values.AsSpan(0, seen)[Math.Max(0, seen - Window)..]);
        }

        return scores;
    }

    /// <summary>
    /// Events of its two-sided tails, which are cut off at what a calibration set of all rows on probation
    /// could tell.
    /// </summary>
    /// <param name="series">The series.</param>
    /// <param name="scores">Its <see cref="WindowedGaussian"/>.</param>
    /// <param name="alpha">α of the events.</param>
    public static IEnumerable<int> GaussianEvents(NabSeries series, double[] scores, double alpha)
    {
        double least = 1 / (series.Probation + 1.0);
        return EventRows.Of(
            series.Probation,
            scores.Skip(series.Probation).Select(score => Math.Clamp(2 * (1 - score), least, 1)),
            alpha);
    }

    /// <summary>A uniform score in [0,1).</summary>
    public static double[] Random(NabSeries series, Random random) =>
        [.. series.Values.Select(_ => random.NextDouble())];

    private static (double Mean, double Deviation) MomentsOf(ReadOnlySpan<double> values)
    {
        double sum = 0, squares = 0;
        foreach (double value in values)
            sum += value;
        double mean = sum / values.Length;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        double deviation = Math.Sqrt(squares / values.Length);
        return (mean, deviation == 0 ? 1e-6 : deviation);
    }

    // P(Z > z) of a standard normal Z, z ≥ 0: Z² is chi-squared with one degree of freedom.
    private static double UpperTail(double z) => SpecialFunctions.ChiSquaredSurvival(1, z * z) / 2;
}
