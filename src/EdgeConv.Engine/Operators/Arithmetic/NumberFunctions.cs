using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>|x|; the least integer stays itself.</summary>
internal readonly struct AbsoluteValue : INumberFunction
{
    public T Apply<T>(T x) where T : unmanaged, INumber<T> =>
        Element.IsFloat<T>() ? T.Abs(x) : T.IsNegative(x) ? -x : x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, INumber<T> => Vector.Abs(x);
}

/// <summary>−x.</summary>
internal readonly struct Negation : INumberFunction
{
    public T Apply<T>(T x) where T : unmanaged, INumber<T> => -x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, INumber<T> => -x;
}

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly struct Relu : INumberFunction
{
    public T Apply<T>(T x) where T : unmanaged, INumber<T> => x < T.Zero ? T.Zero : x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, INumber<T> =>
        VectorMath.WhereNegative(x, Vector<T>.Zero, x);
}

/// <summary>−1, 0 or 1; NaN and zeros stay what they are.</summary>
internal readonly struct Sign : INumberFunction
{
    public T Apply<T>(T x) where T : unmanaged, INumber<T> =>
        x > T.Zero ? T.One : x < T.Zero ? -T.One : x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, INumber<T> =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(x, Vector<T>.Zero),
            Vector<T>.One,
            VectorMath.WhereNegative(x, -Vector<T>.One, x));
}
