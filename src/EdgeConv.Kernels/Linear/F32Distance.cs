using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeConv.Kernels.Linear;

/// <summary>Sums of products over two vectors of equal length, in four partial sums.</summary>
public static class F32Distance
{
    /// <summary>Σ a_i b_i.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        CheckLengths(a.Length, b.Length);
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        int width = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 4 * width <= a.Length; i += 4 * width)
        {
            s0 = MultiplyAdd(ref x, ref y, i, s0);
            s1 = MultiplyAdd(ref x, ref y, i + width, s1);
            s2 = MultiplyAdd(ref x, ref y, i + 2 * width, s2);
            s3 = MultiplyAdd(ref x, ref y, i + 3 * width, s3);
        }

        for (; i + width <= a.Length; i += width)
            s0 = MultiplyAdd(ref x, ref y, i, s0);
        float sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Σ (a_i - b_i)².</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        CheckLengths(a.Length, b.Length);
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        int width = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 4 * width <= a.Length; i += 4 * width)
        {
            s0 = AddSquare(ref x, ref y, i, s0);
            s1 = AddSquare(ref x, ref y, i + width, s1);
            s2 = AddSquare(ref x, ref y, i + 2 * width, s2);
            s3 = AddSquare(ref x, ref y, i + 3 * width, s3);
        }

        for (; i + width <= a.Length; i += width)
            s0 = AddSquare(ref x, ref y, i, s0);
        float sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    private static Vector<float> MultiplyAdd(ref float x, ref float y, int i, Vector<float> sum) =>
        Vector.MultiplyAddEstimate(
            Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref y, (nuint)i), sum);

    private static Vector<float> AddSquare(ref float x, ref float y, int i, Vector<float> sum)
    {
        Vector<float> difference = Vector.LoadUnsafe(ref x, (nuint)i) - Vector.LoadUnsafe(ref y, (nuint)i);
        return Vector.MultiplyAddEstimate(difference, difference, sum);
    }

    private static void CheckLengths(int a, int b)
    {
        if (a != b)
            throw new ArgumentException($"vectors of {a} and {b} elements");
    }
}
