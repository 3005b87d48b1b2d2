using System.Numerics;
using System.Runtime.CompilerServices;

namespace EdgeConv.Engine.Operators;

/// <summary>Quantizes and dequantizes neighbouring elements that share a scale and zero point.</summary>
internal static unsafe class QuantizedLines
{
    /// <summary>y = saturate(round(x / scale) + zero).</summary>
    public static void Quantize<T, TQ>(T* x, TQ* y, int count, (float Scale, float Zero) by)
        where T : unmanaged, INumber<T>
        where TQ : unmanaged, IBinaryInteger<TQ>, IMinMaxValue<TQ>
    {
        float least = float.CreateTruncating(TQ.MinValue);
        float greatest = float.CreateTruncating(TQ.MaxValue);
        int i = typeof(T) == typeof(float) ? QuantizeVectors((float*)x, y, count, by) : 0;
        for (; i < count; i++)
        {
            float rounded = MathF.Round(float.CreateTruncating(x[i]) / by.Scale) + by.Zero;
            y[i] = TQ.CreateTruncating((int)ScalarMath.Clamp(rounded, least, greatest));
        }
    }

    /// <summary>y = (x − zero) · scale.</summary>
    public static void Dequantize<TQ>(TQ* x, float* y, int count, (float Scale, TQ Zero) by)
        where TQ : unmanaged, IBinaryInteger<TQ>
    {
        int i = typeof(TQ) == typeof(int) ? 0 : DequantizeVectors(x, y, count, by);
        long zero = long.CreateTruncating(by.Zero);
        for (; i < count; i++)
            y[i] = (long.CreateTruncating(x[i]) - zero) * by.Scale;
    }

    // Four vectors of floats make one of bytes. Clamped values fit in a byte, so that narrowing keeps them.
    private static int QuantizeVectors<TQ>(float* x, TQ* y, int count, (float Scale, float Zero) by)
        where TQ : unmanaged, IBinaryInteger<TQ>, IMinMaxValue<TQ>
    {
        int step = Vector<byte>.Count;
        int quarter = Vector<float>.Count;
        int i = 0;
        for (; i <= count - step; i += step)
        {
            Vector<short> low = Vector.Narrow(Round<TQ>(x + i, by), Round<TQ>(x + i + quarter, by));
            Vector<short> high = Vector.Narrow(
                Round<TQ>(x + i + 2 * quarter, by), Round<TQ>(x + i + 3 * quarter, by));
            Vector.Store(Vector.Narrow(low, high).As<sbyte, TQ>(), y + i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Round<TQ>(float* x, (float Scale, float Zero) by)
        where TQ : unmanaged, IBinaryInteger<TQ>, IMinMaxValue<TQ>
    {
        Vector<float> rounded = Vector.Round(Vector.Load(x) / new Vector<float>(by.Scale));
        Vector<float> clamped = VectorMath.Clamp(
            rounded + new Vector<float>(by.Zero),
            new Vector<float>(float.CreateTruncating(TQ.MinValue)),
            new Vector<float>(float.CreateTruncating(TQ.MaxValue)));
        return Vector.ConvertToInt32(clamped);
    }

    private static int DequantizeVectors<TQ>(TQ* x, float* y, int count, (float Scale, TQ Zero) by)
        where TQ : unmanaged, IBinaryInteger<TQ>
    {
        Vector<int> zero = new(int.CreateTruncating(by.Zero));
        Vector<float> scale = new(by.Scale);
        int quarter = Vector<float>.Count;
        int i = 0;
        for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (Vector<short> low, Vector<short> high) = Widen(x + i);
            Vector.Widen(low, out Vector<int> a, out Vector<int> b);
            Vector.Widen(high, out Vector<int> c, out Vector<int> d);
            Vector.Store(Vector.ConvertToSingle(a - zero) * scale, y + i);
            Vector.Store(Vector.ConvertToSingle(b - zero) * scale, y + i + quarter);
            Vector.Store(Vector.ConvertToSingle(c - zero) * scale, y + i + 2 * quarter);
            Vector.Store(Vector.ConvertToSingle(d - zero) * scale, y + i + 3 * quarter);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<short> Low, Vector<short> High) Widen<TQ>(TQ* x) where TQ : unmanaged
    {
        if (typeof(TQ) == typeof(sbyte))
        {
            Vector.Widen(Vector.Load((sbyte*)x), out Vector<short> low, out Vector<short> high);
            return (low, high);
        }

        Vector.Widen(Vector.Load((byte*)x), out Vector<ushort> unsignedLow, out Vector<ushort> unsignedHigh);
        return (unsignedLow.As<ushort, short>(), unsignedHigh.As<ushort, short>());
    }
}
