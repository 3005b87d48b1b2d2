namespace EdgeConv.Engine.Passes;

/// <summary>A depthwise convolution with the convolutions around it, and how they run.</summary>
/// <param name="Nodes">Names of the nodes, in execution order.</param>
/// <param name="Obstacle">
/// Why they run layer by layer, one clause; null when they run together, a few rows at a time.
/// </param>
public sealed record StreamedBlock(IReadOnlyList<string> Nodes, string? Obstacle)
{
    /// <summary>Whether they run together.</summary>
    public bool IsStreamed => Obstacle is null;
}
