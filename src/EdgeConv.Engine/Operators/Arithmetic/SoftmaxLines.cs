using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>yᵢ = e^(xᵢ − m) / Σ e^(xⱼ − m) with m = max x.</summary>
internal readonly unsafe struct SoftmaxLine : ISoftmaxLine
{
    public static void Run<T>(T* x, T* y, int count, int stride) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T maximum = Lines.Maximum(x, count, stride);
        if (stride == 1)
        {
            Lines.Scale(y, count, T.One / Lines.Exponentials(x, y, count, maximum));
            return;
        }

        T sum = T.Zero;
        for (long i = 0; i < count; i++)
            sum += y[i * stride] = T.Exp(x[i * stride] - maximum);
        for (long i = 0; i < count; i++)
            y[i * stride] /= sum;
    }

    public static void RunLanes<T>(T* x, T* y, int count, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> maximum = Lines.MaximumOfLanes(x, count, stride);
        Vector<T> sum = Vector<T>.Zero;
        for (long i = 0; i < count; i++)
        {
            Vector<T> power = VectorMath.Exp(Vector.Load(x + i * stride) - maximum);
            Vector.Store(power, y + i * stride);
            sum += power;
        }

        Vector<T> scale = Vector<T>.One / sum;
        for (long i = 0; i < count; i++)
            Vector.Store(Vector.Load(y + i * stride) * scale, y + i * stride);
    }
}

/// <summary>yᵢ = xᵢ − m − ln Σ e^(xⱼ − m) with m = max x.</summary>
internal readonly unsafe struct LogSoftmaxLine : ISoftmaxLine
{
    public static void Run<T>(T* x, T* y, int count, int stride) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T maximum = Lines.Maximum(x, count, stride);
        T logarithm = T.Log(Lines.SumOfExponentials(x, count, stride, maximum));
        for (long i = 0; i < count; i++)
            y[i * stride] = x[i * stride] - maximum - logarithm;
    }

    public static void RunLanes<T>(T* x, T* y, int count, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> maximum = Lines.MaximumOfLanes(x, count, stride);
        Vector<T> sum = Vector<T>.Zero;
        for (long i = 0; i < count; i++)
            sum += VectorMath.Exp(Vector.Load(x + i * stride) - maximum);
        Vector<T> logarithm = VectorMath.Log(sum);
        for (long i = 0; i < count; i++)
            Vector.Store(Vector.Load(x + i * stride) - maximum - logarithm, y + i * stride);
    }
}

/// <summary>1 at the first greatest element, 0 elsewhere.</summary>
internal readonly unsafe struct HardmaxLine : ISoftmaxLine
{
    public static void Run<T>(T* x, T* y, int count, int stride) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long best = 0;
        for (long i = 1; i < count; i++)
        {
            if (x[i * stride] > x[best * stride])
                best = i;
        }

        for (long i = 0; i < count; i++)
            y[i * stride] = i == best ? T.One : T.Zero;
    }

    public static void RunLanes<T>(T* x, T* y, int count, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int lane = 0; lane < Vector<T>.Count; lane++)
            Run(x + lane, y + lane, count, stride);
    }
}

/// <summary>Steps that the lines share.</summary>
internal static unsafe class Lines
{
    public static T Maximum<T>(T* x, int count, int stride) where T : unmanaged, INumber<T>
    {
        T maximum = *x;
        long i = 1;
        if (stride == 1 && count >= Vector<T>.Count)
        {
            Vector<T> lanes = Vector.Load(x);
            for (i = Vector<T>.Count; i <= count - Vector<T>.Count; i += Vector<T>.Count)
                lanes = Vector.Max(lanes, Vector.Load(x + i));
            for (int lane = 0; lane < Vector<T>.Count; lane++)
                maximum = T.Max(maximum, lanes[lane]);
        }

        for (; i < count; i++)
            maximum = T.Max(maximum, x[i * stride]);
        return maximum;
    }

    public static Vector<T> MaximumOfLanes<T>(T* x, int count, int stride) where T : unmanaged
    {
        Vector<T> maximum = Vector.Load(x);
        for (long i = 1; i < count; i++)
            maximum = Vector.Max(maximum, Vector.Load(x + i * stride));
        return maximum;
    }

    /// <summary>y = e^(x − shift); returns Σ y.</summary>
    public static T Exponentials<T>(T* x, T* y, int count, T shift)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> lanes = Vector<T>.Zero;
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> power = VectorMath.Exp(Vector.Load(x + i) - new Vector<T>(shift));
            Vector.Store(power, y + i);
            lanes += power;
        }

        T sum = Vector.Sum(lanes);
        for (; i < count; i++)
            sum += y[i] = T.Exp(x[i] - shift);
        return sum;
    }

    /// <summary>Σ e^(x − shift).</summary>
    public static T SumOfExponentials<T>(T* x, int count, int stride, T shift)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> lanes = Vector<T>.Zero;
        long i = 0;
        for (; stride == 1 && i <= count - Vector<T>.Count; i += Vector<T>.Count)
            lanes += VectorMath.Exp(Vector.Load(x + i) - new Vector<T>(shift));
        T sum = Vector.Sum(lanes);
        for (; i < count; i++)
            sum += T.Exp(x[i * stride] - shift);
        return sum;
    }

    /// <summary>y = y · factor.</summary>
    public static void Scale<T>(T* y, int count, T factor) where T : unmanaged, INumber<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(y + i) * factor, y + i);
        for (; i < count; i++)
            y[i] *= factor;
    }
}
