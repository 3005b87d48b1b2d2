namespace EdgeConv.Kernels.Statistics;

/// <summary>What the positions of a channel are reduced to.</summary>
public enum Statistic
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Σ x / n.</summary>
    Mean,

    /// <summary>Σ x / n, then Σ (x - mean)² / n.</summary>
    MeanAndVariance,
}

/// <summary>What a layer reduces of each channel of its output <c>[H',W',Cout]</c>.</summary>
/// <param name="Before">Of the values before the activation.</param>
/// <param name="After">Of those behind it.</param>
public readonly record struct OutputStatistics(Statistic Before, Statistic After)
{
    /// <summary>Whether there is nothing to reduce.</summary>
    public bool IsEmpty => Before == Statistic.None && After == Statistic.None;
}
