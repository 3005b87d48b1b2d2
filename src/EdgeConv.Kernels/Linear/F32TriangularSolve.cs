using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Kernels.Linear;

/// <summary>
/// Solves L u = b and Lᵀ w = u for a lower triangle L, which <see cref="Pack"/> lays out in the order in which it is
/// read, with reciprocals on its diagonal, so that the loops multiply and never divide. Four rows are a panel:
/// blocks of a vector's columns, row after row; the columns left over, each a quadruple; the triangle at the end.
/// Rows that fill no panel follow as in <see cref="PackedLower"/>.
/// <code>
/// row r..r+3 of a panel, vectors of 4, r = 5:
/// r0 [0..3] r1 [0..3] r2 [0..3] r3 [0..3] | r0 r1 r2 r3 [4] | 1/d0 | a1 1/d1 | a2 b2 1/d2 | a3 b3 c3 1/d3
/// </code>
/// </summary>
public static class F32TriangularSolve
{
    private const int PanelRows = 4;
    private static readonly int s_width = Vector<float>.Count;

    /// <summary>Lays out <paramref name="lower"/> (<see cref="PackedLower"/>, nonzero diagonal).</summary>
    /// <param name="lower">d (d + 1) / 2 elements.</param>
    /// <param name="order">d.</param>
    /// <param name="packed">Where to; as many elements, another buffer. Holds for this machine's vectors only.</param>
    public static void Pack(ReadOnlySpan<float> lower, int order, Span<float> packed)
    {
        PackedLower.Check(lower.Length, order, nameof(lower));
        PackedLower.Check(packed.Length, order, nameof(packed));
        int panels = order / PanelRows * PanelRows;
        for (int row = 0; row < panels; row += PanelRows)
            PackPanel(lower, row, packed[PackedLower.RowStart(row)..]);
        for (int row = panels; row < order; row++)
        {
            lower.Slice(PackedLower.RowStart(row), row + 1).CopyTo(packed[PackedLower.RowStart(row)..]);
            packed[PackedLower.Diagonal(row)] = 1 / lower[PackedLower.Diagonal(row)];
        }
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
        {
            ReadOnlySpan<float> l = packed.Slice(PackedLower.RowStart(row), row + 1);
            x[row] = (x[row] - F32Distance.Dot(l[..row], x[..row])) * l[row];
        }
    }

    /// <summary>
    /// w = L⁻ᵀ u in place; <paramref name="x"/> holds u on entry and w on return. d²/2 multiply-adds.
    /// </summary>
    /// <param name="packed">L as <see cref="Pack"/> leaves it, d (d + 1) / 2 elements.</param>
    /// <param name="x">d elements.</param>
    public static void Backward(ReadOnlySpan<float> packed, Span<float> x)
    {
        PackedLower.Check(packed.Length, x.Length, nameof(packed));
        ref float start = ref MemoryMarshal.GetReference(packed);
        ref float u = ref MemoryMarshal.GetReference(x);
        int row = x.Length - 1, panels = x.Length / PanelRows * PanelRows;
        for (; row >= panels; row--)
        {
            ReadOnlySpan<float> l = packed.Slice(PackedLower.RowStart(row), row + 1);
            x[row] *= l[row];
            for (int j = 0; j < row; j++)
                x[j] -= x[row] * l[j];
        }

        for (row = panels - PanelRows; row >= 0; row -= PanelRows)
            SolvePanelBack(ref Unsafe.Add(ref start, PackedLower.RowStart(row)), ref u, row);
    }

    private static void PackPanel(ReadOnlySpan<float> lower, int row, Span<float> panel)
    {
        int vectors = row / s_width * s_width, at = 0;
        for (int j = 0; j < row; j += j < vectors ? s_width : 1)
        {
            int columns = j < vectors ? s_width : 1;
            for (int i = row; i < row + PanelRows; i++, at += columns)
                lower.Slice(PackedLower.RowStart(i) + j, columns).CopyTo(panel[at..]);
        }

        for (int i = row; i < row + PanelRows; i++)
        {
            lower[(PackedLower.RowStart(i) + row)..PackedLower.Diagonal(i)].CopyTo(panel[at..]);
            at += i - row;
            panel[at++] = 1 / lower[PackedLower.Diagonal(i)];
        }
    }

    // Four rows share each load of u, and their four sums hide the latency of the multiply-add. All panels are one
    // stream of memory: behind an inference they come from far away, and a stream that goes on is fetched ahead.
    private static void SolvePanel(ref float panel, ref float u, int row)
    {
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        nuint width = (nuint)Vector<float>.Count;
        int j = 0;
        for (; j + Vector<float>.Count <= row; j += Vector<float>.Count)
        {
            Vector<float> v = Vector.LoadUnsafe(ref u, (nuint)j);
            s0 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref panel), v, s0);
            s1 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref panel, width), v, s1);
            s2 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref panel, 2 * width), v, s2);
            s3 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref panel, 3 * width), v, s3);
            panel = ref Unsafe.Add(ref panel, 4 * width);
        }

        Vector128<float> sum = Vector128.Create(Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
        for (; j < row; j++)
        {
            sum += Vector128.LoadUnsafe(ref panel) * Unsafe.Add(ref u, j);
            panel = ref Unsafe.Add(ref panel, PanelRows);
        }

        ref float x = ref Unsafe.Add(ref u, row);
        (Vector128.LoadUnsafe(ref x) - sum).StoreUnsafe(ref x);
        SolveTriangle(ref panel, ref x);
    }

    // t: [ 1/d0 ][ a1 1/d1 ][ a2 b2 1/d2 ][ a3 b3 c3 1/d3 ]
    private static void SolveTriangle(ref float t, ref float x)
    {
        float x0 = x * t;
        float x1 = (Unsafe.Add(ref x, 1) - Unsafe.Add(ref t, 1) * x0) * Unsafe.Add(ref t, 2);
        float r2 = Unsafe.Add(ref x, 2) - Unsafe.Add(ref t, 3) * x0 - Unsafe.Add(ref t, 4) * x1;
        float x2 = r2 * Unsafe.Add(ref t, 5);
        float r3 = Unsafe.Add(ref x, 3) - Unsafe.Add(ref t, 6) * x0 - Unsafe.Add(ref t, 7) * x1;
        x = x0;
        Unsafe.Add(ref x, 1) = x1;
        Unsafe.Add(ref x, 2) = x2;
        Unsafe.Add(ref x, 3) = (r3 - Unsafe.Add(ref t, 8) * x2) * Unsafe.Add(ref t, 9);
    }

    private static void SolvePanelBack(ref float panel, ref float u, int row)
    {
        ref float x = ref Unsafe.Add(ref u, row);
        SolveTriangleBack(ref Unsafe.Add(ref panel, PanelRows * row), ref x);
        Vector128<float> f = Vector128.LoadUnsafe(ref x);
        Vector<float> f0 = new(f[0]), f1 = new(f[1]), f2 = new(f[2]), f3 = new(f[3]);
        nuint width = (nuint)Vector<float>.Count;
        int j = 0;
        for (; j + Vector<float>.Count <= row; j += Vector<float>.Count)
        {
            Vector<float> even = Vector.LoadUnsafe(ref panel) * f0 + Vector.LoadUnsafe(ref panel, 2 * width) * f2;
            Vector<float> odd = Vector.LoadUnsafe(ref panel, width) * f1 + Vector.LoadUnsafe(ref panel, 3 * width) * f3;
            (Vector.LoadUnsafe(ref u, (nuint)j) - (even + odd)).StoreUnsafe(ref u, (nuint)j);
            panel = ref Unsafe.Add(ref panel, 4 * width);
        }

        for (; j < row; j++)
        {
            Unsafe.Add(ref u, j) -= Vector128.Dot(Vector128.LoadUnsafe(ref panel), f);
            panel = ref Unsafe.Add(ref panel, PanelRows);
        }
    }

    private static void SolveTriangleBack(ref float t, ref float x)
    {
        float x3 = Unsafe.Add(ref x, 3) * Unsafe.Add(ref t, 9);
        float x2 = (Unsafe.Add(ref x, 2) - Unsafe.Add(ref t, 8) * x3) * Unsafe.Add(ref t, 5);
        float r1 = Unsafe.Add(ref x, 1) - Unsafe.Add(ref t, 4) * x2 - Unsafe.Add(ref t, 7) * x3;
        float x1 = r1 * Unsafe.Add(ref t, 2);
        float r0 = x - Unsafe.Add(ref t, 1) * x1 - Unsafe.Add(ref t, 3) * x2 - Unsafe.Add(ref t, 6) * x3;
        x = r0 * t;
        Unsafe.Add(ref x, 1) = x1;
        Unsafe.Add(ref x, 2) = x2;
        Unsafe.Add(ref x, 3) = x3;
    }
}
