using System.Numerics;
using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>Reduces a tensor by one <see cref="IReduction"/>, whatever its type.</summary>
internal interface IReducer
{
    static abstract void Run(Tensor x, Tensor y, uint axes);
}

/// <summary>Reductions that combine element by element.</summary>
internal readonly unsafe struct Reducer<TReduction> : IReducer where TReduction : struct, IReduction
{
    public static void Run(Tensor x, Tensor y, uint axes)
    {
        switch (x.Type)
        {
            case DataType.Float32: Run<float>(x, y, axes); break;
            case DataType.Float64: Run<double>(x, y, axes); break;
            case DataType.Int8: Run<sbyte>(x, y, axes); break;
            case DataType.UInt8: Run<byte>(x, y, axes); break;
            case DataType.Int32: Run<int>(x, y, axes); break;
            default: Run<long>(x, y, axes); break;
        }
    }

    private static void Run<T>(Tensor x, Tensor y, uint axes) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (x.Length == 0)
        {
            y.AsSpan<T>().Fill(TReduction.Finish(TReduction.Start<T>(), 0));
            return;
        }

        ReduceLoop loop = ReduceLoop.Over(x.Shape, axes);
        T* result = (T*)y.Data;
        int count = x.Length / y.Length;
        int width = loop.Kept.InnerCount;
        for (long outer = 0; outer < loop.Kept.OuterCount; outer++, result += width)
        {
            Row((T*)x.Data + loop.Kept.Offset, result, ref loop);
            for (int i = 0; i < width; i++)
                result[i] = TReduction.Finish(result[i], count);
            loop.Kept.Next();
        }
    }

    // One innermost loop over kept elements; where they are neighbours, a vector's lanes at once.
    private static void Row<T>(T* x, T* result, ref ReduceLoop loop)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        int i = 0;
        if (loop.Kept.InnerStride == 1)
        {
            for (; i <= loop.Kept.InnerCount - Vector<T>.Count; i += Vector<T>.Count)
                Vector.Store(ReduceLanes(x + i, ref loop.Reduced), result + i);
        }

        for (; i < loop.Kept.InnerCount; i++)
            result[i] = ReduceOne(x + (long)i * loop.Kept.InnerStride, ref loop.Reduced);
    }

    private static Vector<T> ReduceLanes<T>(T* x, ref StridedNest nest)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        Vector<T> combined = new(TReduction.Start<T>());
        long stride = nest.InnerStride;
        for (long outer = nest.OuterCount; outer > 0; outer--)
        {
            T* start = x + nest.Offset;
            for (int i = 0; i < nest.InnerCount; i++)
                combined = TReduction.Combine(combined, TReduction.Map(Vector.Load(start + i * stride)));
            nest.Next();
        }

        return combined;
    }

    private static T ReduceOne<T>(T* x, ref StridedNest nest) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T combined = TReduction.Start<T>();
        long stride = nest.InnerStride;
        for (long outer = nest.OuterCount; outer > 0; outer--)
        {
            T* start = x + nest.Offset;
            int i = 0;
            if (stride == 1 && nest.InnerCount >= 2 * Vector<T>.Count)
                combined = TReduction.Combine(combined, ReduceContiguous(start, nest.InnerCount, out i));
            for (; i < nest.InnerCount; i++)
                combined = TReduction.Combine(combined, TReduction.Map(start[i * stride]));
            nest.Next();
        }

        return combined;
    }

    // Two running vectors hide the latency of Combine; what is left over is for the caller.
    private static T ReduceContiguous<T>(T* x, int count, out int done)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        Vector<T> even = new(TReduction.Start<T>());
        Vector<T> odd = even;
        int step = 2 * Vector<T>.Count;
        for (done = 0; done <= count - step; done += step)
        {
            even = TReduction.Combine(even, TReduction.Map(Vector.Load(x + done)));
            odd = TReduction.Combine(odd, TReduction.Map(Vector.Load(x + done + Vector<T>.Count)));
        }

        even = TReduction.Combine(even, odd);
        T combined = even[0];
        for (int lane = 1; lane < Vector<T>.Count; lane++)
            combined = TReduction.Combine(combined, even[lane]);
        return combined;
    }
}

/// <summary>ln Σ e^x = m + ln Σ e^(x − m) with m = max x.</summary>
internal readonly unsafe struct LogSumExpReducer : IReducer
{
    public static void Run(Tensor x, Tensor y, uint axes)
    {
        Reducer<MaximumReduction>.Run(x, y, axes);
        if (x.Length == 0)
            return;
        if (x.Type == DataType.Float32)
            AddLogarithms<float>(x, y, axes);
        else
            AddLogarithms<double>(x, y, axes);
    }

    private static void AddLogarithms<T>(Tensor x, Tensor y, uint axes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReduceLoop loop = ReduceLoop.Over(x.Shape, axes);
        T* result = (T*)y.Data;
        for (long outer = loop.Kept.OuterCount; outer > 0; outer--)
        {
            T* start = (T*)x.Data + loop.Kept.Offset;
            for (int i = 0; i < loop.Kept.InnerCount; i++, result++)
                *result = LogSumExp(start + (long)i * loop.Kept.InnerStride, ref loop.Reduced, *result);
            loop.Kept.Next();
        }
    }

    private static T LogSumExp<T>(T* x, ref StridedNest nest, T maximum)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!T.IsFinite(maximum))
            return maximum;
        T sum = T.Zero;
        for (long outer = nest.OuterCount; outer > 0; outer--)
        {
            for (long i = 0; i < nest.InnerCount; i++)
                sum += T.Exp(x[nest.Offset + i * nest.InnerStride] - maximum);
            nest.Next();
        }

        return maximum + T.Log(sum);
    }
}
