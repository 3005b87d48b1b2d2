namespace EdgeConv.Gating;

/// <summary>How far a fit has come in its data.</summary>
/// <param name="Taken">Samples that were taken.</param>
/// <param name="Skipped">Samples that were unusable.</param>
public readonly record struct FitPosition(long Taken, long Skipped)
{
    /// <summary>Samples that have been read.</summary>
    public long Read => Taken + Skipped;
}
