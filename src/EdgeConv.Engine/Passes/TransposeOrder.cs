using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>The permutation of a Transpose node: output axis i is input axis order[i].</summary>
internal static class TransposeOrder
{
    /// <summary>Its <c>perm</c>; without one the axes are reversed.</summary>
    public static long[] Of(Node node, int rank) =>
        node.Attributes.GetInts(node, "perm")
            ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];

    /// <summary>
    /// The order without axes of extent 1, which lie anywhere in memory: ascending when no element moves.
    /// </summary>
    public static long[] Moving(Node node, Shape shape) =>
        [.. Of(node, shape.Rank).Where(axis => shape[(int)axis] != 1)];
}
