namespace EdgeConv.Daemon;

/// <summary>Quantiles of measured values.</summary>
internal static class Quantiles
{
    /// <summary>
    /// The smallest of ascending values that at least a share <paramref name="quantile"/> (0..1) do not
    /// exceed.
    /// </summary>
    public static double Of(double[] sorted, double quantile) =>
        sorted[Math.Clamp((int)Math.Ceiling(quantile * sorted.Length) - 1, 0, sorted.Length - 1)];
}
