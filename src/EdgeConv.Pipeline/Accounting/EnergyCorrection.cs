namespace EdgeConv.Pipeline.Accounting;

/// <summary>How far the energies of the profiles are off.</summary>
/// <param name="Factor">Energy taken over the profiles' energy; above 0.</param>
/// <param name="Uncertainty">
/// Relative standard uncertainty, where a rail measures; null where the profiles' own holds.
/// </param>
internal readonly record struct EnergyCorrection(double Factor, double? Uncertainty)
{
    /// <summary>Whether no rail measures.</summary>
    public bool IsEstimated => Uncertainty is null;
}
