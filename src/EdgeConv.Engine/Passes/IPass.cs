using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// A rewrite that leaves what the graph computes unchanged within rounding. It sees a graph with shapes,
/// keeps every tapped value, and makes the graph smaller by at least one node, so that passes come to an end.
/// </summary>
internal interface IPass
{
    /// <summary>What it does, for listings.</summary>
    string Name { get; }

    /// <summary>Rewrites the graph at <paramref name="node"/> when it stands in the pattern.</summary>
    /// <returns>One clause that says what was done; null when nothing was.</returns>
    string? TryRewrite(Node node, GraphEditor editor);
}
