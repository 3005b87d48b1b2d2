using System.Numerics;
using System.Runtime.CompilerServices;

namespace EdgeConv.Engine.Operators;

/// <summary>Functions that <see cref="Vector"/> has for each float type apart, for either.</summary>
internal static class VectorMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Exp<T>(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.Exp(x.As<T, float>()).As<float, T>()
        : Vector.Exp(x.As<T, double>()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Log<T>(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.Log(x.As<T, float>()).As<float, T>()
        : Vector.Log(x.As<T, double>()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Floor<T>(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.Floor(x.As<T, float>()).As<float, T>()
        : Vector.Floor(x.As<T, double>()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Ceiling<T>(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.Ceiling(x.As<T, float>()).As<float, T>()
        : Vector.Ceiling(x.As<T, double>()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Round<T>(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.Round(x.As<T, float>()).As<float, T>()
        : Vector.Round(x.As<T, double>()).As<double, T>();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Sigmoid<T>(Vector<T> x) => Vector<T>.One / (Vector<T>.One + Exp(-x));

    /// <summary>One step of a polynomial by Horner's scheme: sum · x + coefficient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Horner(Vector<float> sum, Vector<float> x, float coefficient) =>
        Vector.MultiplyAddEstimate(sum, x, new Vector<float>(coefficient));

    /// <summary>tanh x for floats; relative error below 1e-6.</summary>
    /// <remarks>
    /// Minimax quotient of polynomials on [−7.9, 7.9], beyond which a float's tanh is ±1; coefficients of
    /// Eigen's generic_fast_tanh_float.
    /// </remarks>
    public static Vector<float> Tanh(Vector<float> x)
    {
        Vector<float> bound = new(7.90531110763549805f);
        Vector<float> t = Clamp(x, -bound, bound);
        Vector<float> square = t * t;
        Vector<float> p = new(-2.76076847742355e-16f);
        p = Horner(p, square, 2.00018790482477e-13f);
        p = Horner(p, square, -8.60467152213735e-11f);
        p = Horner(p, square, 5.12229709037114e-08f);
        p = Horner(p, square, 1.48572235717979e-05f);
        p = Horner(p, square, 6.37261928875436e-04f);
        p = Horner(p, square, 4.89352455891786e-03f);
        Vector<float> q = new(1.19825839466702e-06f);
        q = Horner(q, square, 1.18534705686654e-04f);
        q = Horner(q, square, 2.26843463243900e-03f);
        q = Horner(q, square, 4.89352518554385e-03f);
        return t * p / q;
    }

    /// <summary>x between two bounds; NaN stays NaN, and the upper bound wins where they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Clamp<T>(Vector<T> x, Vector<T> lower, Vector<T> upper)
    {
        Vector<T> raised = Vector.ConditionalSelect(Vector.LessThan(x, lower), lower, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(raised, upper), upper, raised);
    }

    /// <summary>Where x &lt; 0 the one, elsewhere the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> WhereNegative<T>(Vector<T> x, Vector<T> negative, Vector<T> other) =>
        Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), negative, other);
}

/// <summary>The scalar counterparts of <see cref="VectorMath"/>.</summary>
internal static class ScalarMath
{
    public static T Sigmoid<T>(T x) where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    public static T Clamp<T>(T x, T lower, T upper) where T : INumber<T>
    {
        T raised = x < lower ? lower : x;
        return raised > upper ? upper : raised;
    }

    /// <summary>ln(1 + eˣ), exact for great x and for small results.</summary>
    public static T Softplus<T>(T x) where T : IFloatingPointIeee754<T>
    {
        double wide = double.CreateTruncating(x);
        return T.CreateTruncating(Math.Max(wide, 0) + LogOnePlus(Math.Exp(-Math.Abs(wide))));
    }

    // What rounding 1 + x loses is put back by the factor x / ((1 + x) − 1); HP-15C handbook, 1982.
    private static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
