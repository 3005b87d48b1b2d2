using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Elementwise;

/// <summary>A function of one variable, applied to each lane.</summary>
internal interface IFunction<T> where T : struct
{
    T Apply(T x);
}

/// <summary>x.</summary>
internal readonly struct Identity<TVector> : IFunction<TVector> where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => x;
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

    // The exponent field of a float begins with e^-87.3 and ends, as ∞, with e^88.4.
    private const float LeastNormal = -87.3f;

    // ln 2 in two parts, the first exact in 9 bits (Cody and Waite, Software Manual for the Elementary
    // Functions).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float Log2E = 1.44269504f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x)
    {
        x = TLanes.Min(TLanes.Broadcast(Most), TLanes.Max(TLanes.Broadcast(Least), x));
        TVector offset = TLanes.Broadcast(Exponents.Bias);
        TVector n = TLanes.Subtract(Biased(x, 1), offset);

        // 2^n in two factors: n reaches 128 and, for subnormal results, -151.
        TVector half = TLanes.MultiplyAdd(n, TLanes.Broadcast(0.5f), offset);
        TVector rest = TLanes.Add(TLanes.Subtract(n, TLanes.Subtract(half, offset)), offset);
        TVector p = Rest(x, n, 1);
        return TLanes.Multiply(TLanes.Multiply(p, TLanes.PowerOfTwo(half)), TLanes.PowerOfTwo(rest));
    }

    /// <summary>1 + e^(sign x), where the sign is 1 or -1; ∞ where the power is 2^127.5 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OnePlus(TVector x, float sign)
    {
        float least = sign > 0 ? LeastNormal : -Most, most = sign > 0 ? Most : -LeastNormal;
        x = TLanes.Min(TLanes.Broadcast(most), TLanes.Max(TLanes.Broadcast(least), x));
        TVector biased = Biased(x, sign);
        TVector n = TLanes.Subtract(biased, TLanes.Broadcast(Exponents.Bias));
        return TLanes.MultiplyAdd(Rest(x, n, sign), TLanes.PowerOfTwo(biased), TLanes.Broadcast(1));
    }

    // n + Bias with n = round(sign x / ln 2): so large a float has no digits behind the point.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Biased(TVector x, float sign) =>
        TLanes.MultiplyAdd(x, TLanes.Broadcast(sign * Log2E), TLanes.Broadcast(Exponents.Bias));

    // e^r with r = sign x - n ln 2, |r| ≤ ln 2 / 2: the polynomial of degree 5 with P(0) = 1 whose greatest
    // relative error, 8.6e-8, is least (by linear programming on Chebyshev nodes), in powers of sign r.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Rest(TVector x, TVector n, float sign)
    {
        TVector r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-sign * Ln2High), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-sign * Ln2Low), r);
        TVector p = TLanes.Broadcast(sign * 8.277869e-3f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(4.1899636e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(sign * 0.16667841f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.4999914f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(sign * 0.99999964f));
        return TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1));
    }
}

/// <summary>1 / (1 + e^-x).</summary>
internal readonly struct Sigmoid<TLanes, TVector> : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) =>
        TLanes.Divide(TLanes.Broadcast(1), Exponential<TLanes, TVector>.OnePlus(x, -1));
}

/// <summary>x / (1 + e^-x).</summary>
internal readonly struct Silu<TLanes, TVector> : IFunction<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector x) => TLanes.Divide(x, Exponential<TLanes, TVector>.OnePlus(x, -1));
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
        TVector divisor = Exponential<TLanes, TVector>.OnePlus(TLanes.Add(size, size), 1);
        TVector far = TLanes.Subtract(one, TLanes.Divide(TLanes.Broadcast(2), divisor));
        return TLanes.SelectLess(size, TLanes.Broadcast(0.625f), near, TLanes.WithSign(far, x));
    }
}
