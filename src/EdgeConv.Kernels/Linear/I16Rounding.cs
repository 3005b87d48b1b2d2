using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeConv.Kernels.Linear;

/// <summary>A vector of floats as 16-bit integers times a step.</summary>
public static class I16Rounding
{
    /// <summary>
    /// Greatest |s_i u_i / step - x_i|: half a unit of rounding, and the errors of single precision in
    /// numbers below 2^15.
    /// </summary>
    public const float GreatestError = 0.51f;

    private const float Greatest = 32_000;
    private const float LeastStep = 1e-30f;

    /// <summary>
    /// x_i = s_i u_i / step, rounded; the step is the least for which |x_i| is below 2^15 and Σ |x_i| at most
    /// <see cref="I8Products.GreatestSum"/>, within a few per cent, and at least 1e-30.
    /// </summary>
    /// <param name="u">u, at most 2^16 elements; all |s_i u_i| and their sum finite.</param>
    /// <param name="scales">s ≥ 0, as many.</param>
    /// <param name="x">At least as many; those behind are left as they are.</param>
    /// <returns>The step.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static float Round(ReadOnlySpan<float> u, ReadOnlySpan<float> scales, Span<short> x)
    {
        if (u.Length != scales.Length || x.Length < u.Length)
            throw new ArgumentException($"{u.Length} elements, {scales.Length} scales, {x.Length} integers");
        (float greatest, float sum) = Magnitudes(u, scales);
        // Rounding may add one half to each element.
        float most = I8Products.GreatestSum * 0.98f - u.Length;
        float step = Math.Max(LeastStep, Math.Max(greatest / Greatest, sum / most));
        Round(u, scales, 1 / step, x);
        return step;
    }

    private static (float Greatest, float Sum) Magnitudes(ReadOnlySpan<float> u, ReadOnlySpan<float> scales)
    {
        ref float a = ref MemoryMarshal.GetReference(u);
        ref float b = ref MemoryMarshal.GetReference(scales);
        Vector<float> greatest = default, sums = default;
        int i = 0;
        for (; i + Vector<float>.Count <= u.Length; i += Vector<float>.Count)
        {
            Vector<float> size = Vector.Abs(Vector.LoadUnsafe(ref a, (nuint)i));
            size *= Vector.LoadUnsafe(ref b, (nuint)i);
            greatest = Vector.Max(greatest, size);
            sums += size;
        }

        float most = 0, sum = Vector.Sum(sums);
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            most = Math.Max(most, greatest[lane]);
        for (; i < u.Length; i++)
        {
            most = Math.Max(most, Math.Abs(u[i]) * scales[i]);
            sum += Math.Abs(u[i]) * scales[i];
        }

        return (most, sum);
    }

    private static void Round(ReadOnlySpan<float> u, ReadOnlySpan<float> scales, float factor, Span<short> x)
    {
        ref float a = ref MemoryMarshal.GetReference(u);
        ref float b = ref MemoryMarshal.GetReference(scales);
        int width = Vector<float>.Count, i = 0;
        for (; i + 2 * width <= u.Length; i += 2 * width)
        {
            Vector<int> low = Rounded(ref a, ref b, i, factor);
            Vector<int> high = Rounded(ref a, ref b, i + width, factor);
            Vector.Narrow(low, high).StoreUnsafe(ref MemoryMarshal.GetReference(x), (nuint)i);
        }

        for (; i < u.Length; i++)
            x[i] = (short)MathF.Round(u[i] * scales[i] * factor);
    }

    private static Vector<int> Rounded(ref float u, ref float scales, int i, float factor)
    {
        Vector<float> product = Vector.LoadUnsafe(ref u, (nuint)i) * Vector.LoadUnsafe(ref scales, (nuint)i);
        return Vector.ConvertToInt32(Vector.Round(product * new Vector<float>(factor)));
    }
}
