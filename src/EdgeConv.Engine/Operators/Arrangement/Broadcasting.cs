using System.Diagnostics.CodeAnalysis;
using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>The multidirectional broadcasting rule of ONNX (and NumPy).</summary>
internal static class Broadcasting
{
    /// <summary>The shape two tensors broadcast to, axes matched from the last one.</summary>
    /// <returns>False when extents differ and neither is 1, or the result is no shape.</returns>
    public static bool TryJoin(Shape a, Shape b, [NotNullWhen(true)] out Shape? joined)
    {
        long[] extents = new long[Math.Max(a.Rank, b.Rank)];
        joined = null;
        for (int i = 1; i <= extents.Length; i++)
        {
            int left = i <= a.Rank ? a[-i] : 1;
            int right = i <= b.Rank ? b[-i] : 1;
            if (left != right && left != 1 && right != 1)
                return false;
            extents[^i] = left == 1 ? right : left;
        }

        return Shape.TryCreate(extents, out joined, out _);
    }
}
