using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>Sums and affine maps over neighbouring floats, for the normalisations.</summary>
internal static unsafe class FloatLines
{
    /// <summary>Mean and variance Σ(x − mean)²/n, in two passes.</summary>
    public static (float Mean, float Variance) Moments(float* x, int count)
    {
        float mean = Sum(x, count) / count;
        return (mean, SquaredDistance(x, count, mean) / count);
    }

    /// <summary>Σ x.</summary>
    public static float Sum(float* x, int count)
    {
        Vector<float> lanes = Vector<float>.Zero;
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            lanes += Vector.Load(x + i);
        float sum = Vector.Sum(lanes);
        for (; i < count; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>Σ (x − center)².</summary>
    public static float SquaredDistance(float* x, int count, float center)
    {
        Vector<float> lanes = Vector<float>.Zero;
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> difference = Vector.Load(x + i) - new Vector<float>(center);
            lanes += difference * difference;
        }

        float sum = Vector.Sum(lanes);
        for (; i < count; i++)
            sum += (x[i] - center) * (x[i] - center);
        return sum;
    }

    /// <summary>y = (x − center) · factor + offset.</summary>
    public static void Affine(float* x, float* y, int count, (float Center, float Factor, float Offset) map)
    {
        Vector<float> center = new(map.Center);
        Vector<float> factor = new(map.Factor);
        Vector<float> offset = new(map.Offset);
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Store((Vector.Load(x + i) - center) * factor + offset, y + i);
        for (; i < count; i++)
            y[i] = (x[i] - map.Center) * map.Factor + map.Offset;
    }
}
