using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EdgeConv.Engine.Operators;

/// <summary>One row of a broadcast: <c>result[i] = f(a[i], b[i])</c>, where an operand may repeat.</summary>
internal unsafe interface IRow<TA, TB, TResult>
    where TA : unmanaged where TB : unmanaged where TResult : unmanaged
{
    static abstract void Run(Strided<TA> a, Strided<TB> b, TResult* result, int count);
}

/// <summary>An operand of a row: where it starts and whether it moves (1) or repeats (0).</summary>
internal readonly unsafe struct Strided<T>(T* start, int stride) where T : unmanaged
{
    public T* Start { get; } = start;

    public int Stride { get; } = stride;

    public T this[int index] => Start[(long)index * Stride];
}

/// <summary>An element-wise function of two numbers of one type.</summary>
internal interface IBinary
{
    static abstract T Apply<T>(T a, T b) where T : unmanaged, INumber<T>;

    /// <summary>Whether the vector form computes the same.</summary>
    static virtual bool HasVector<T>() where T : unmanaged, INumber<T> => false;

    static virtual Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        throw new UnreachableException();
}

/// <summary>Rows of an <see cref="IBinary"/>, by vectors where it has them.</summary>
internal readonly unsafe struct NumberRow<TFunction, T> : IRow<T, T, T>
    where TFunction : struct, IBinary
    where T : unmanaged, INumber<T>
{
    public static void Run(Strided<T> a, Strided<T> b, T* result, int count)
    {
        int i = 0;
        if (TFunction.HasVector<T>() && count >= Vector<T>.Count)
        {
            i = count - count % Vector<T>.Count;
            if (a.Stride == 0)
                FixedLeft(a.Start[0], b, result, i);
            else if (b.Stride == 0)
                FixedRight(a.Start, b.Start[0], result, i);
            else
                Pairs(a.Start, b.Start, result, i);
        }

        for (; i < count; i++)
            result[i] = TFunction.Apply(a[i], b[i]);
    }

    private static void Pairs(T* a, T* b, T* result, int count)
    {
        for (int i = 0; i < count; i += Vector<T>.Count)
            Vector.Store(TFunction.Apply(Vector.Load(a + i), Vector.Load(b + i)), result + i);
    }

    private static void FixedRight(T* a, T b, T* result, int count)
    {
        Vector<T> right = new(b);
        for (int i = 0; i < count; i += Vector<T>.Count)
            Vector.Store(TFunction.Apply(Vector.Load(a + i), right), result + i);
    }

    // The second operand may repeat too: a shape that only a third operand of a variadic operator widens.
    private static void FixedLeft(T a, Strided<T> b, T* result, int count)
    {
        Vector<T> left = new(a);
        for (int i = 0; i < count; i += Vector<T>.Count)
        {
            Vector<T> right = b.Stride == 0 ? new(b.Start[0]) : Vector.Load(b.Start + i);
            Vector.Store(TFunction.Apply(left, right), result + i);
        }
    }
}

/// <summary>A comparison of two numbers of one type.</summary>
internal interface IComparison
{
    static abstract bool Apply<T>(T a, T b) where T : unmanaged, INumber<T>;
}

/// <summary>Rows of an <see cref="IComparison"/>.</summary>
internal readonly unsafe struct ComparisonRow<TFunction, T> : IRow<T, T, bool>
    where TFunction : struct, IComparison
    where T : unmanaged, INumber<T>
{
    public static void Run(Strided<T> a, Strided<T> b, bool* result, int count)
    {
        for (int i = 0; i < count; i++)
            result[i] = TFunction.Apply(a[i], b[i]);
    }
}

/// <summary>A function of two truth values.</summary>
internal interface ILogic
{
    static abstract bool Apply(bool a, bool b);
}

/// <summary>Rows of an <see cref="ILogic"/>. Any byte but 0 is true.</summary>
internal readonly unsafe struct LogicRow<TFunction> : IRow<byte, byte, bool> where TFunction : struct, ILogic
{
    public static void Run(Strided<byte> a, Strided<byte> b, bool* result, int count)
    {
        for (int i = 0; i < count; i++)
            result[i] = TFunction.Apply(a[i] != 0, b[i] != 0);
    }
}

/// <summary>Bytes moved left; by 8 bits or more they are 0.</summary>
internal readonly unsafe struct ShiftLeftRow : IRow<byte, byte, byte>
{
    public static void Run(Strided<byte> a, Strided<byte> b, byte* result, int count)
    {
        for (int i = 0; i < count; i++)
            result[i] = b[i] < 8 ? (byte)(a[i] << b[i]) : (byte)0;
    }
}

/// <summary>Bytes moved right; by 8 bits or more they are 0.</summary>
internal readonly unsafe struct ShiftRightRow : IRow<byte, byte, byte>
{
    public static void Run(Strided<byte> a, Strided<byte> b, byte* result, int count)
    {
        for (int i = 0; i < count; i++)
            result[i] = b[i] < 8 ? (byte)(a[i] >> b[i]) : (byte)0;
    }
}

/// <summary>Runs rows over two tensors.</summary>
internal static unsafe class BinaryLoops
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<TRow, TA, TB, TResult>(BroadcastLoop loop, void* a, void* b, void* result)
        where TRow : struct, IRow<TA, TB, TResult>
        where TA : unmanaged where TB : unmanaged where TResult : unmanaged
    {
        TResult* row = (TResult*)result;
        for (long i = 0; i < loop.Rows; i++, row += loop.RowLength)
        {
            Strided<TA> left = new((TA*)a + loop.Offsets[0], loop.RowStride(0));
            Strided<TB> right = new((TB*)b + loop.Offsets[1], loop.RowStride(1));
            TRow.Run(left, right, row, loop.RowLength);
            loop.Next();
        }
    }
}
