namespace EdgeConv.Daemon.Benchmarking;

/// <summary>When a backend has been timed long enough.</summary>
/// <remarks>
/// The medians of its windows are taken as independent samples. Their median lies, with a probability of
/// about 95 %, between two of them by rank, whatever their distribution: ranks (n ∓ 1.96 sqrt(n)) / 2 of n
/// (Conover, "Practical Nonparametric Statistics", 3rd edition, section 3.2). The backend is stable when half
/// of that interval is at most 1 % of the median.
/// </remarks>
internal static class MedianStability
{
    /// <summary>Greatest relative half-width of a stable median.</summary>
    public const double Bound = 0.01;

    // Of fewer than six samples not even least and greatest enclose the median with 95 %.
    private const int LeastWindows = 6;

    /// <summary>Half of the interval over the median; infinite below six windows.</summary>
    public static double UncertaintyOf(IEnumerable<double> windowMedians)
    {
        double[] sorted = [.. windowMedians.Order()];
        int count = sorted.Length;
        if (count < LeastWindows)
            return double.PositiveInfinity;
        int lower = Math.Max(1, (int)Math.Floor((count - 1.96 * Math.Sqrt(count)) / 2));
        double width = sorted[count - lower] - sorted[lower - 1];
        return width / 2 / Quantiles.Of(sorted, 0.5);
    }

    /// <summary>Whether <see cref="UncertaintyOf"/> is within <see cref="Bound"/>.</summary>
    public static bool IsStable(IEnumerable<double> windowMedians) => UncertaintyOf(windowMedians) <= Bound;
}
