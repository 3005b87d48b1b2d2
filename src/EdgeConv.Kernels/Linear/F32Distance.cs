using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeConv.Kernels.Linear;

/// <summary>Sums of products over two vectors of equal length, in four partial sums.</summary>
public static class F32Distance
{
    /// <summary>What is added of each pair of elements.</summary>
    private interface ITerm
    {
        static abstract Vector<float> Add(Vector<float> sum, Vector<float> a, Vector<float> b);

        static abstract float Add(float sum, float a, float b);
    }

    /// <summary>Σ a_i b_i.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum<Product>(a, b);

    /// <summary>Σ (a_i - b_i)².</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum<SquaredDifference>(a, b);

    /// <summary>
    /// Bound on the relative error of <see cref="Squared"/> of <paramref name="length"/> elements where
    /// nothing overflows or falls below the normal numbers: the roundings that one term goes through, each
    /// 2^-24 (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 4.2).
    /// </summary>
    public static float SquaredError(int length)
    {
        int width = Vector<float>.Count;
        // Difference twice and product: 3. Sums of a lane: length / 4 width and 3 vectors left over. Four
        // sums: 2. Lanes, and what is left behind them: width each.
        int roundings = 3 + length / (4 * width) + 3 + 2 + 2 * width;
        return roundings * 1.01f / (1 << 24);
    }

    private static float Sum<TTerm>(ReadOnlySpan<float> a, ReadOnlySpan<float> b) where TTerm : struct, ITerm
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"vectors of {a.Length} and {b.Length} elements");
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        int width = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 4 * width <= a.Length; i += 4 * width)
        {
            s0 = Add<TTerm>(ref x, ref y, i, s0);
            s1 = Add<TTerm>(ref x, ref y, i + width, s1);
            s2 = Add<TTerm>(ref x, ref y, i + 2 * width, s2);
            s3 = Add<TTerm>(ref x, ref y, i + 3 * width, s3);
        }

        for (; i + width <= a.Length; i += width)
            s0 = Add<TTerm>(ref x, ref y, i, s0);
        float sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
            sum = TTerm.Add(sum, a[i], b[i]);
        return sum;
    }

    private static Vector<float> Add<TTerm>(ref float x, ref float y, int i, Vector<float> sum)
        where TTerm : struct, ITerm =>
        TTerm.Add(sum, Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref y, (nuint)i));

    private readonly struct Product : ITerm
    {
        public static Vector<float> Add(Vector<float> sum, Vector<float> a, Vector<float> b) =>
            Vector.MultiplyAddEstimate(a, b, sum);

        public static float Add(float sum, float a, float b) => sum + (a * b);
    }

    private readonly struct SquaredDifference : ITerm
    {
        public static Vector<float> Add(Vector<float> sum, Vector<float> a, Vector<float> b) =>
            Vector.MultiplyAddEstimate(a - b, a - b, sum);

        public static float Add(float sum, float a, float b) => sum + ((a - b) * (a - b));
    }
}
