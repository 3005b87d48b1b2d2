using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// A rewrite that leaves what the graph computes unchanged within rounding. It sees a graph with shapes.
/// So that passes come to an end, each either makes the graph smaller, or makes an operator of one that no
/// pass makes: ReduceMean and AveragePool become GlobalAveragePool, Transpose becomes Reshape.
/// </summary>
internal interface IPass
{
    /// <summary>What it does, for listings.</summary>
    string Name { get; }

    /// <summary>
    /// Rewrites the graph when <paramref name="node"/> is the last node of the pattern, in execution order.
    /// </summary>
    /// <returns>One clause that says what was done; null when nothing was.</returns>
    string? TryRewrite(Node node, GraphRewriter rewriter);
}
