using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Elementwise;

/// <summary>A function of one variable, applied to each lane.</summary>
internal interface IFunction<T> where T : struct
{
    T Apply(T x);
}

/// <summary>min(upper, max(lower, x)).</summary>
internal readonly struct Clamp<TLanes, TVector>(float lower, float upper) : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly TVector _lower = TLanes.Broadcast(lower);
    private readonly TVector _upper = TLanes.Broadcast(upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Min(_upper, TLanes.Max(_lower, x));

    /// <summary>The part of an activation that is applied to a vector before it is stored.</summary>
    public static Clamp<TLanes, TVector> Of(in Activation activation) =>
        new(activation.Lower, activation.Upper);
}

/// <summary>x.</summary>
internal readonly struct Identity<T> : IFunction<T> where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply(T x) => x;
}

/// <summary>max(lower, x).</summary>
internal readonly struct LowerBound<TLanes, TVector>(float lower) : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly TVector _lower = TLanes.Broadcast(lower);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Max(_lower, x);
}

/// <summary>min(1, max(0, alpha x + beta)).</summary>
internal readonly struct HardSigmoid<TLanes, TVector>(float alpha, float beta) : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly TVector _alpha = TLanes.Broadcast(alpha);
    private readonly TVector _beta = TLanes.Broadcast(beta);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Min(
        TLanes.Broadcast(1), TLanes.Max(TLanes.Broadcast(0), TLanes.MultiplyAdd(_alpha, x, _beta)));
}

/// <summary>x min(1, max(0, x / 6 + 1/2)).</summary>
internal readonly struct HardSwish<TLanes, TVector>() : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly HardSigmoid<TLanes, TVector> _gate = new(1f / 6, 0.5f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Multiply(x, _gate.Apply(x));
}

/// <summary>e^x.</summary>
internal readonly struct Exponential<TLanes, TVector> : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    // Beyond these the result is 0 or ∞ whatever x is; within them half the exponent fits the exponent field.
    private const float Least = -104.5f;
    private const float Most = 89;

    // ln 2 in two parts, the first exact in 9 bits (Cody and Waite, Software Manual for the Elementary
    // Functions).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => Of(x);

    /// <summary>
    /// e^x = 2^n e^r with n = round(x / ln 2), |r| ≤ ln 2 / 2 and e^r by Cephes' polynomial of degree 7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector x)
    {
        x = TLanes.Min(TLanes.Broadcast(Most), TLanes.Max(TLanes.Broadcast(Least), x));
        TVector n = TLanes.Round(TLanes.Multiply(x, TLanes.Broadcast(1.44269504f)));
        TVector r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2High), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2Low), r);

        TVector p = TLanes.Broadcast(1.9875691500e-4f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(5.0000001201e-1f));
        p = TLanes.Add(TLanes.MultiplyAdd(p, TLanes.Multiply(r, r), r), TLanes.Broadcast(1));

        // 2^n in two factors: n reaches 128 and, for subnormal results, -151.
        TVector half = TLanes.Round(TLanes.Multiply(n, TLanes.Broadcast(0.5f)));
        TVector rest = TLanes.Subtract(n, half);
        return TLanes.Multiply(TLanes.Multiply(p, TLanes.PowerOfTwo(half)), TLanes.PowerOfTwo(rest));
    }
}

/// <summary>1 / (1 + e^-x).</summary>
internal readonly struct Sigmoid<TLanes, TVector> : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Divide(TLanes.Broadcast(1), OnePlusExponential(x));

    /// <summary>1 + e^-x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OnePlusExponential(TVector x) => TLanes.Add(
        TLanes.Broadcast(1), Exponential<TLanes, TVector>.Of(TLanes.Subtract(TLanes.Broadcast(0), x)));
}

/// <summary>x / (1 + e^-x).</summary>
internal readonly struct Silu<TLanes, TVector> : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Divide(x, Sigmoid<TLanes, TVector>.OnePlusExponential(x));
}

/// <summary>tanh x.</summary>
internal readonly struct Tanh<TLanes, TVector> : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>
    /// Below 0.625 Cephes' odd polynomial, which keeps the relative error small near zero; above it
    /// 1 - 2 / (e^2|x| + 1) with the sign of x.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x)
    {
        TVector size = TLanes.Abs(x);
        TVector square = TLanes.Multiply(x, x);
        TVector p = TLanes.Broadcast(-5.70498872745e-3f);
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(2.06390887954e-2f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(-5.37397155531e-2f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(1.33314422036e-1f));
        p = TLanes.MultiplyAdd(p, square, TLanes.Broadcast(-3.33332819422e-1f));
        TVector near = TLanes.MultiplyAdd(TLanes.Multiply(p, square), x, x);

        TVector one = TLanes.Broadcast(1);
        TVector exponential = Exponential<TLanes, TVector>.Of(TLanes.Add(size, size));
        TVector far = TLanes.Subtract(one, TLanes.Divide(TLanes.Broadcast(2), TLanes.Add(exponential, one)));
        return TLanes.SelectLess(size, TLanes.Broadcast(0.625f), near, TLanes.WithSign(far, x));
    }
}
