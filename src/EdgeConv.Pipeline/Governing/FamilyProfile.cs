namespace EdgeConv.Pipeline.Governing;

/// <summary>What the governor knows of a family member before it has run.</summary>
/// <param name="Model">Its name.</param>
/// <param name="MultiplyAdds">Its cost; 0 when unknown.</param>
/// <param name="Threads">Threads its session runs on.</param>
public readonly record struct FamilyProfile(string Model, long MultiplyAdds, int Threads);
