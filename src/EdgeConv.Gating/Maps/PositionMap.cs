namespace EdgeConv.Gating.Maps;

/// <summary>
/// What is known of in-distribution data at each position of one layer: a Gaussian of the channels for every
/// (h, w), and what the oddest position of calibration samples came to. It explains a verdict and never makes
/// one. Immutable.
/// </summary>
public sealed record PositionMap
{
    /// <summary>Layer, extents and mode.</summary>
    public required MapChoice Choice { get; init; }

    /// <summary>Samples it was fitted to.</summary>
    public required long FitCount { get; init; }

    /// <summary>Means <c>[H W, C]</c>.</summary>
    public required float[] Means { get; init; }

    /// <summary>
    /// For each position the lower factor L of its covariance as <c>PackedLower</c>, <c>[H W, C(C+1)/2]</c>, or
    /// the standard deviations <c>[H W, C]</c>; diagonals above 0.
    /// </summary>
    public required float[] Factors { get; init; }

    /// <summary>
    /// The greatest squared distance over the positions of each calibration sample, ascending and finite.
    /// </summary>
    public required float[] Scores { get; init; }

    /// <summary>
    /// The distance above which a position is odd: at most α of in-distribution inputs have any position above
    /// it, on average over calibration sets, or with confidence 1 − δ. Infinite when the calibration samples
    /// are too few to say so.
    /// </summary>
    /// <param name="alpha">α in (0,1).</param>
    /// <param name="delta">δ in (0,1); null for on average.</param>
    public float Threshold(double alpha, double? delta)
    {
        int count = Scores.Length;
        // Calibration samples above the threshold.
        int above = delta is double d
            ? Conformal.PacRank(count, alpha, d)
            : count - Conformal.ThresholdRank(count, alpha);
        return above < 0 ? float.PositiveInfinity : Scores[count - 1 - above];
    }
}
