using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeConv.Kernels.Linear;

/// <summary>
/// Solves L u = b and Lᵀ w = u for a lower triangle L. The packed buffer is <see cref="PackedLower"/> with
/// the diagonal replaced by its reciprocal, so that the loops multiply and never divide.
/// </summary>
public static class F32TriangularSolve
{
    private const int PanelRows = 4;

    /// <summary>
    /// Copies <paramref name="lower"/> (<see cref="PackedLower"/>, nonzero diagonal) into
    /// <paramref name="packed"/> of the same length, taking the reciprocal of the diagonal.
    /// </summary>
    public static void Pack(ReadOnlySpan<float> lower, int order, Span<float> packed)
    {
        PackedLower.Check(lower.Length, order, nameof(lower));
        lower.CopyTo(packed);
        for (int i = 0; i < order; i++)
            packed[PackedLower.Diagonal(i)] = 1 / lower[PackedLower.Diagonal(i)];
    }

    /// <summary>
    /// u = L⁻¹ b in place; <paramref name="x"/> holds b on entry and u on return. d²/2 multiply-adds.
    /// </summary>
    /// <param name="packed">L as <see cref="Pack"/> leaves it, d (d + 1) / 2 elements.</param>
    /// <param name="x">d elements.</param>
    public static void Forward(ReadOnlySpan<float> packed, Span<float> x)
    {
        PackedLower.Check(packed.Length, x.Length, nameof(packed));
        ref float start = ref MemoryMarshal.GetReference(packed);
        ref float u = ref MemoryMarshal.GetReference(x);
        int row = 0;
        for (; row + PanelRows <= x.Length; row += PanelRows)
            SolvePanel(ref Unsafe.Add(ref start, PackedLower.RowStart(row)), ref u, row);
        for (; row < x.Length; row++)
            SolveRow(packed.Slice(PackedLower.RowStart(row), row + 1), x, row);
    }

    /// <summary>
    /// w = L⁻ᵀ u in place; <paramref name="x"/> holds u on entry and w on return. d²/2 multiply-adds.
    /// </summary>
    /// <param name="packed">L as <see cref="Pack"/> leaves it, d (d + 1) / 2 elements.</param>
    /// <param name="x">d elements.</param>
    public static void Backward(ReadOnlySpan<float> packed, Span<float> x)
    {
        PackedLower.Check(packed.Length, x.Length, nameof(packed));
        for (int row = x.Length - 1; row >= 0; row--)
        {
            ReadOnlySpan<float> l = packed.Slice(PackedLower.RowStart(row), row + 1);
            x[row] *= l[row];
            SubtractMultiple(l[..row], x[row], x);
        }
    }

    // Four rows share each load of u, and their four sums hide the latency of the multiply-add. What is
    // left of the panel is a 4x4 triangle, solved by hand:
    //
    // r0: [ row elements ][ 1/d ] r1: [ row elements ][  a    1/d ] r2: [ row elements ][  a     b    1/d ]
    // r3: [ row elements ][  a     b     c    1/d ]
    private static void SolvePanel(ref float r0, ref float u, int row)
    {
        ref float r1 = ref Unsafe.Add(ref r0, row + 1);
        ref float r2 = ref Unsafe.Add(ref r1, row + 2);
        ref float r3 = ref Unsafe.Add(ref r2, row + 3);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int j = 0;
        for (; j + Vector<float>.Count <= row; j += Vector<float>.Count)
        {
            Vector<float> v = Vector.LoadUnsafe(ref u, (nuint)j);
            s0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref r0, (nuint)j), v, s0);
            s1 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref r1, (nuint)j), v, s1);
            s2 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref r2, (nuint)j), v, s2);
            s3 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref r3, (nuint)j), v, s3);
        }

        float t0 = Vector.Sum(s0), t1 = Vector.Sum(s1), t2 = Vector.Sum(s2), t3 = Vector.Sum(s3);
        for (; j < row; j++)
        {
            float v = Unsafe.Add(ref u, j);
            t0 += Unsafe.Add(ref r0, j) * v;
            t1 += Unsafe.Add(ref r1, j) * v;
            t2 += Unsafe.Add(ref r2, j) * v;
            t3 += Unsafe.Add(ref r3, j) * v;
        }

        ref float x = ref Unsafe.Add(ref u, row);
        ref float a1 = ref Unsafe.Add(ref r1, row);
        ref float a2 = ref Unsafe.Add(ref r2, row);
        ref float a3 = ref Unsafe.Add(ref r3, row);
        float x0 = (x - t0) * Unsafe.Add(ref r0, row);
        float x1 = (Unsafe.Add(ref x, 1) - t1 - a1 * x0) * Unsafe.Add(ref a1, 1);
        float x2 = (Unsafe.Add(ref x, 2) - t2 - a2 * x0 - Unsafe.Add(ref a2, 1) * x1) * Unsafe.Add(ref a2, 2);
        float r = Unsafe.Add(ref x, 3) - t3 - a3 * x0 - Unsafe.Add(ref a3, 1) * x1;
        float x3 = (r - Unsafe.Add(ref a3, 2) * x2) * Unsafe.Add(ref a3, 3);
        x = x0;
        Unsafe.Add(ref x, 1) = x1;
        Unsafe.Add(ref x, 2) = x2;
        Unsafe.Add(ref x, 3) = x3;
    }

    private static void SolveRow(ReadOnlySpan<float> l, Span<float> x, int row) =>
        x[row] = (x[row] - F32Distance.Dot(l[..row], x[..row])) * l[row];

    // x[j] -= factor * l[j]
    private static void SubtractMultiple(ReadOnlySpan<float> l, float factor, Span<float> x)
    {
        ref float a = ref MemoryMarshal.GetReference(l);
        ref float b = ref MemoryMarshal.GetReference(x);
        Vector<float> f = new(-factor);
        int j = 0;
        for (; j + Vector<float>.Count <= l.Length; j += Vector<float>.Count)
        {
            Vector<float> v = Vector.LoadUnsafe(ref b, (nuint)j);
            Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref a, (nuint)j), f, v).StoreUnsafe(ref b, (nuint)j);
        }

        for (; j < l.Length; j++)
            x[j] -= factor * l[j];
    }
}
