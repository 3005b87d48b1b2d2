using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>1 / (1 + e⁻ˣ).</summary>
internal readonly struct Sigmoid : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => ScalarMath.Sigmoid(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        VectorMath.Sigmoid(x);
}

/// <summary>min(max(αx + β, 0), 1).</summary>
internal readonly struct HardSigmoid(float alpha, float beta) : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        ScalarMath.Clamp(T.CreateTruncating(alpha) * x + T.CreateTruncating(beta), T.Zero, T.One);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> slope = new(T.CreateTruncating(alpha));
        Vector<T> offset = new(T.CreateTruncating(beta));
        return VectorMath.Clamp(slope * x + offset, Vector<T>.Zero, Vector<T>.One);
    }
}

/// <summary>x · min(max(x/6 + 1/2, 0), 1).</summary>
internal readonly struct HardSwish : IFloatVectorFunction
{
    private static readonly HardSigmoid s_gate = new(1f / 6, 0.5f);

    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => x * s_gate.Apply(x);

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        x * s_gate.Apply(x);
}

/// <summary>x where x ≥ 0, αx elsewhere.</summary>
internal readonly struct LeakyRelu(float alpha) : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        x < T.Zero ? T.CreateTruncating(alpha) * x : x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        VectorMath.WhereNegative(x, new Vector<T>(T.CreateTruncating(alpha)) * x, x);
}

/// <summary>x where x &gt; α, 0 elsewhere.</summary>
internal readonly struct ThresholdedRelu(float alpha) : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        x <= T.CreateTruncating(alpha) ? T.Zero : x;

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> threshold = new(T.CreateTruncating(alpha));
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(x, threshold), Vector<T>.Zero, x);
    }
}

/// <summary>γ · (x where x ≥ 0, α(eˣ − 1) elsewhere): Elu with γ = 1, Selu.</summary>
internal readonly struct ScaledElu(float alpha, float gamma) : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(gamma);
        return x < T.Zero ? scale * (T.CreateTruncating(alpha) * (T.Exp(x) - T.One)) : scale * x;
    }

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> curve = new Vector<T>(T.CreateTruncating(alpha)) * (VectorMath.Exp(x) - Vector<T>.One);
        return new Vector<T>(T.CreateTruncating(gamma)) * VectorMath.WhereNegative(x, curve, x);
    }
}

/// <summary>max(x, 0) + min(α(e^(x/α) − 1), 0).</summary>
internal readonly struct Celu(float alpha) : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(alpha);
        return x < T.Zero ? scale * (T.Exp(x / scale) - T.One) : x;
    }
}

/// <summary>ln(1 + eˣ).</summary>
internal readonly struct Softplus : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => ScalarMath.Softplus(x);
}

/// <summary>x / (1 + |x|).</summary>
internal readonly struct Softsign : IFloatVectorFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => x / (T.One + T.Abs(x));

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        x / (Vector<T>.One + Vector.Abs(x));
}

/// <summary>x · tanh(ln(1 + eˣ)).</summary>
internal readonly struct Mish : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        x * T.Tanh(ScalarMath.Softplus(x));
}

/// <summary>x/2 · (1 + erf(x/√2)).</summary>
internal readonly struct Gelu : IFloatVectorFunction
{
    public static bool HasVector<T>() => typeof(T) == typeof(float);

    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T half = T.CreateTruncating(0.5);
        return half * x * (T.One + ErrorFunction.Of(x * T.Sqrt(half)));
    }

    public Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<float> value = x.As<T, float>();
        Vector<float> error = ErrorFunction.Of(value * MathF.Sqrt(0.5f));
        return (value * 0.5f * (Vector<float>.One + error)).As<float, T>();
    }
}

/// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715x³))).</summary>
internal readonly struct GeluByTanh : IFloatFunction
{
    public T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T inner = T.Sqrt(T.CreateTruncating(2) / T.Pi) * (x + T.CreateTruncating(0.044715) * x * x * x);
        return T.CreateTruncating(0.5) * x * (T.One + T.Tanh(inner));
    }
}
