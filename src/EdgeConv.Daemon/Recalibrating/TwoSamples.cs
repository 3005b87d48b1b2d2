namespace EdgeConv.Daemon.Recalibrating;

/// <summary>How far two samples of numbers lie apart.</summary>
/// <param name="Distance">
/// sup |F_A(x) − F_B(x)| of their empirical distributions, 0..1 (Kolmogorov and Smirnov).
/// </param>
/// <param name="ByChance">
/// What it exceeds in one of twenty pairs of samples of one distribution: 1.358 √((n + m)/(n m)), for large
/// n and m (Smirnov 1948), at most 1.
/// </param>
internal readonly record struct TwoSamples(double Distance, double ByChance)
{
    private const double Kolmogorov95 = 1.358;

    /// <summary>Compares two samples, each ascending and not empty.</summary>
    public static TwoSamples Of(IReadOnlyList<float> first, IReadOnlyList<float> second)
    {
        int i = 0, j = 0;
        double greatest = 0, n = first.Count, m = second.Count;
        while (i < first.Count && j < second.Count)
        {
            // Past all that are equal, on both sides.
            float at = Math.Min(first[i], second[j]);
            while (i < first.Count && first[i] == at)
                i++;
            while (j < second.Count && second[j] == at)
                j++;
            greatest = Math.Max(greatest, Math.Abs(i / n - j / m));
        }

        return new(greatest, Math.Min(1, Kolmogorov95 * Math.Sqrt((n + m) / (n * m))));
    }
}
