namespace EdgeConv.Engine.Passes;

/// <summary>One change that a pass made to a graph.</summary>
/// <param name="Pass">Name of the pass.</param>
/// <param name="Change">What it did, naming nodes.</param>
public sealed record PassEntry(string Pass, string Change);
