using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>Rounds up.</summary>
internal readonly struct Ceiling : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Ceiling(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        VectorMath.Ceiling(x);
}

/// <summary>Rounds down.</summary>
internal readonly struct Floor : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Floor(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        VectorMath.Floor(x);
}

/// <summary>Rounds to the nearest integer, halves to the even one.</summary>
internal readonly struct RoundToEven : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Round(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        VectorMath.Round(x);
}

/// <summary>1 / x.</summary>
internal readonly struct Reciprocal : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.One / x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => Vector<T>.One / x;
}

/// <summary>√x.</summary>
internal readonly struct SquareRoot : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Sqrt(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.SquareRoot(x);
}

/// <summary>eˣ.</summary>
internal readonly struct Exponential : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Exp(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp(x);
}

/// <summary>ln x.</summary>
internal readonly struct NaturalLogarithm : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Log(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log(x);
}

/// <summary>The error function, see <see cref="ErrorFunction"/>.</summary>
internal readonly struct Erf : IFloatVectorFunction
{
    public static bool HasVector<T>() => typeof(T) == typeof(float);

    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => ErrorFunction.Of(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        ErrorFunction.Of(x.As<T, float>()).As<float, T>();
}

internal readonly struct Sine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Sin(x);
}

internal readonly struct Cosine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Cos(x);
}

internal readonly struct Tangent : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Tan(x);
}

internal readonly struct ArcSine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Asin(x);
}

internal readonly struct ArcCosine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Acos(x);
}

internal readonly struct ArcTangent : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Atan(x);
}

internal readonly struct HyperbolicSine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Sinh(x);
}

internal readonly struct HyperbolicCosine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Cosh(x);
}

internal readonly struct HyperbolicTangent : IFloatVectorFunction
{
    public static bool HasVector<T>() => typeof(T) == typeof(float);

    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Tanh(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        VectorMath.Tanh(x.As<T, float>()).As<float, T>();
}

internal readonly struct InverseHyperbolicSine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Asinh(x);
}

internal readonly struct InverseHyperbolicCosine : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Acosh(x);
}

internal readonly struct InverseHyperbolicTangent : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Atanh(x);
}
