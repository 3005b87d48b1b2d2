using System.Numerics;
using System.Runtime.CompilerServices;

namespace EdgeConv.Engine.Operators;

/// <summary>Loops over contiguous elements, vectorised for every numeric type.</summary>
internal static unsafe class RowLoops
{
    /// <summary>y[i] = max(y[i], x[i]), NaN where either is.</summary>
    public static void Max<T>(T* y, T* x, long count) where T : unmanaged, INumber<T>
    {
        long i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Max(Vector.Load(y + i), Vector.Load(x + i)).Store(y + i);
        for (; i < count; i++)
            y[i] = T.Max(y[i], x[i]);
    }

    /// <summary>y[i] += x[i].</summary>
    public static void Add<T>(T* y, T* x, long count) where T : unmanaged, INumber<T>
    {
        long i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            (Vector.Load(y + i) + Vector.Load(x + i)).Store(y + i);
        for (; i < count; i++)
            y[i] += x[i];
    }

    /// <summary>y[i] = factor · x[i].</summary>
    public static void Scale<T>(T* y, T factor, T* x, long count) where T : unmanaged, INumber<T>
    {
        Vector<T> factors = new(factor);
        long i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            (factors * Vector.Load(x + i)).Store(y + i);
        for (; i < count; i++)
            y[i] = factor * x[i];
    }

    /// <summary>y[i] += factor · x[i].</summary>
    public static void AddScaled<T>(T* y, T factor, T* x, long count) where T : unmanaged, INumber<T>
    {
        Vector<T> factors = new(factor);
        long i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            MultiplyAdd(factors, Vector.Load(x + i), Vector.Load(y + i)).Store(y + i);
        for (; i < count; i++)
            y[i] += factor * x[i];
    }

    /// <summary>Σ x[i].</summary>
    public static T Sum<T>(T* x, long count) where T : unmanaged, INumber<T>
    {
        (Vector<T> even, Vector<T> odd) = (Vector<T>.Zero, Vector<T>.Zero);
        long i = 0;
        for (; i <= count - (2 * Vector<T>.Count); i += 2 * Vector<T>.Count)
        {
            even += Vector.Load(x + i);
            odd += Vector.Load(x + i + Vector<T>.Count);
        }

        T sum = Vector.Sum(even + odd);
        for (; i < count; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>a · b + c, fused where the machine can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> MultiplyAdd<T>(Vector<T> a, Vector<T> b, Vector<T> c)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            return Vector.MultiplyAddEstimate(
                a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>();
        }

        return (a * b) + c;
    }
}
