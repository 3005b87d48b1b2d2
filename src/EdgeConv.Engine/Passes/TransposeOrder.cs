using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>The permutation of a Transpose node: output axis i is input axis order[i].</summary>
internal static class TransposeOrder
{
    /// <summary>Its <c>perm</c>; without one the axes are reversed.</summary>
    public static long[] Of(Node node, int rank) =>
        node.Attributes.GetInts(node, "perm")
            ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
}
