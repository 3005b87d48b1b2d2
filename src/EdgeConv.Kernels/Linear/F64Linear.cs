using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeConv.Kernels.Linear;

/// <summary>What fitting a covariance needs in double: sums of products and rank-one updates.</summary>
public static class F64Linear
{
    /// <summary>Σ a_i b_i.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"vectors of {a.Length} and {b.Length} elements");
        ref double x = ref MemoryMarshal.GetReference(a);
        ref double y = ref MemoryMarshal.GetReference(b);
        int width = Vector<double>.Count;
        Vector<double> s0 = default, s1 = default;
        int i = 0;
        for (; i + 2 * width <= a.Length; i += 2 * width)
        {
            s0 += Vector.LoadUnsafe(ref x, (nuint)i) * Vector.LoadUnsafe(ref y, (nuint)i);
            s1 += Vector.LoadUnsafe(ref x, (nuint)(i + width)) * Vector.LoadUnsafe(ref y, (nuint)(i + width));
        }

        double sum = Vector.Sum(s0 + s1);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y = y + factor x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddMultiple(Span<double> y, ReadOnlySpan<double> x, double factor)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"vectors of {x.Length} and {y.Length} elements");
        ref double a = ref MemoryMarshal.GetReference(x);
        ref double b = ref MemoryMarshal.GetReference(y);
        Vector<double> f = new(factor);
        int i = 0;
        for (; i + Vector<double>.Count <= x.Length; i += Vector<double>.Count)
        {
            Vector<double> sum = Vector.LoadUnsafe(ref b, (nuint)i) + f * Vector.LoadUnsafe(ref a, (nuint)i);
            sum.StoreUnsafe(ref b, (nuint)i);
        }

        for (; i < x.Length; i++)
            y[i] += factor * x[i];
    }

    /// <summary>S = S + weight x xᵀ for a symmetric S [d,d] kept as <see cref="PackedLower"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="symmetric"/> is not of order d.</exception>
    public static void RankOneUpdate(Span<double> symmetric, ReadOnlySpan<double> x, double weight)
    {
        PackedLower.Check(symmetric.Length, x.Length, nameof(symmetric));
        for (int row = 0; row < x.Length; row++)
            AddMultiple(symmetric.Slice(PackedLower.RowStart(row), row + 1), x[..(row + 1)], weight * x[row]);
    }
}
