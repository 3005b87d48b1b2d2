using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A reduction: <c>finish(combine(…combine(start, map(x₀))…, map(xₙ)))</c>; most combine by adding.
/// </summary>
internal interface IReduction
{
    static abstract T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;

    static virtual T Map<T>(T x) where T : unmanaged, INumber<T> => x;

    static virtual Vector<T> Map<T>(Vector<T> x) where T : unmanaged, INumber<T> => x;

    static virtual T Combine<T>(T a, T b) where T : unmanaged, INumber<T> => a + b;

    static virtual Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => a + b;

    /// <summary>The result from what <paramref name="count"/> elements combined to.</summary>
    static virtual T Finish<T>(T combined, int count) where T : unmanaged, INumber<T> => combined;
}

/// <summary>Σ x.</summary>
internal readonly struct SumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;
}

/// <summary>Σ x / n; integers round towards zero, and the mean of no integers is 0.</summary>
internal readonly struct MeanReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    public static T Finish<T>(T combined, int count) where T : unmanaged, INumber<T> =>
        Divide.Apply(combined, T.CreateTruncating(count));
}

/// <summary>Π x.</summary>
internal readonly struct ProductReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.One;

    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T> => a * b;

    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => a * b;
}

/// <summary>max x; −∞ or the least integer of nothing.</summary>
internal readonly struct MaximumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        Element.IsFloat<T>() ? -T.One / T.Zero : T.MinValue;

    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T> => T.Max(a, b);

    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        Vector.Max(a, b);
}

/// <summary>min x; ∞ or the greatest integer of nothing.</summary>
internal readonly struct MinimumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        Element.IsFloat<T>() ? T.One / T.Zero : T.MaxValue;

    public static T Combine<T>(T a, T b) where T : unmanaged, INumber<T> => T.Min(a, b);

    public static Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        Vector.Min(a, b);
}

/// <summary>Σ |x|.</summary>
internal readonly struct L1Reduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    public static T Map<T>(T x) where T : unmanaged, INumber<T> => default(AbsoluteValue).Apply(x);

    public static Vector<T> Map<T>(Vector<T> x) where T : unmanaged, INumber<T> => Vector.Abs(x);
}

/// <summary>Σ x².</summary>
internal readonly struct SquareReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    public static T Map<T>(T x) where T : unmanaged, INumber<T> => x * x;

    public static Vector<T> Map<T>(Vector<T> x) where T : unmanaged, INumber<T> => x * x;
}

/// <summary>√Σ x²; integers drop the fraction.</summary>
internal readonly struct L2Reduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    public static T Map<T>(T x) where T : unmanaged, INumber<T> => x * x;

    public static Vector<T> Map<T>(Vector<T> x) where T : unmanaged, INumber<T> => x * x;

    public static T Finish<T>(T combined, int count) where T : unmanaged, INumber<T> =>
        T.CreateSaturating(Math.Sqrt(double.CreateTruncating(combined)));
}

/// <summary>ln Σ x; integers drop the fraction.</summary>
internal readonly struct LogSumReduction : IReduction
{
    public static T Start<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    public static T Finish<T>(T combined, int count) where T : unmanaged, INumber<T> =>
        T.CreateSaturating(Math.Log(double.CreateTruncating(combined)));
}
