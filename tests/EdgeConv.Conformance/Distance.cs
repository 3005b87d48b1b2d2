using EdgeConv.Core;

namespace EdgeConv.Conformance;

/// <summary>How far two tensors of float32 lie apart.</summary>
internal static class Distance
{
    /// <summary>max |a - b|; NaN when there is one.</summary>
    public static float Greatest(Tensor a, Tensor b)
    {
        float greatest = 0;
        foreach ((float x, float y) in a.AsSpan<float>().ToArray().Zip(b.AsSpan<float>().ToArray()))
            greatest = float.IsNaN(x) || float.IsNaN(y) ? float.NaN : Math.Max(greatest, Math.Abs(x - y));
        return greatest;
    }

    /// <summary>max |x|.</summary>
    public static float Magnitude(Tensor tensor) => tensor.AsSpan<float>().ToArray().Max(Math.Abs);

    /// <summary>Index of the greatest element.</summary>
    public static int ArgMax(Tensor tensor)
    {
        float[] values = tensor.AsSpan<float>().ToArray();
        return Array.IndexOf(values, values.Max());
    }
}
