using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Pipeline.Governing;

/// <summary>What is known of running one model of a family before it has run.</summary>
/// <param name="Member">Its index in the pipeline's family.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Threads">Threads of its session.</param>
/// <param name="Accuracy">
/// Share of right answers, 0..1; where nobody tells, any number that falls from one model to the next.
/// </param>
/// <param name="Service">
/// Time from taking a sample to its result on a machine that does nothing else, at the median; above 0.
/// </param>
/// <param name="Joules">Energy of one inference above idle, J; above 0.</param>
public sealed record PointProfile(
    int Member, string Model, int Threads, double Accuracy, TimeSpan Service, double Joules)
{
    /// <summary>Standard uncertainty of the energy over its value.</summary>
    public double EnergyUncertainty { get; init; } = EnergyModel.UncalibratedUncertainty;

    /// <summary>Energy of one inference.</summary>
    internal PointCost Cost => new(Joules, EnergyUncertainty);
}
