using System.Numerics;

namespace EdgeConv.Engine.Operators;

/// <summary>Facts about element types that the compiler folds.</summary>
internal static class Element
{
    public static bool IsFloat<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);
}

/// <summary>a + b; integers wrap around.</summary>
internal readonly struct Add : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a + b;

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => true;

    public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => a + b;
}

/// <summary>a − b; integers wrap around.</summary>
internal readonly struct Subtract : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a - b;

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => true;

    public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => a - b;
}

/// <summary>a · b; integers wrap around.</summary>
internal readonly struct Multiply : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a * b;

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => true;

    public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => a * b;
}

/// <summary>
/// a / b; integers round towards zero. An integer divided by 0 gives 0, and the least integer divided by −1
/// gives itself, as multiplication by −1 does.
/// </summary>
internal readonly struct Divide : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        if (Element.IsFloat<T>())
            return a / b;
        if (T.IsZero(b))
            return T.Zero;
        return T.IsNegative(b) && T.IsZero(b + T.One) ? T.Zero - a : a / b;
    }

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => Element.IsFloat<T>();

    public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> => a / b;
}

/// <summary>The rest of a / b with the sign of b (Mod with fmod = 0); of a / 0 it is 0.</summary>
internal readonly struct Modulo : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        T rest = Remainder.Apply(a, b);
        bool differ = T.IsNegative(rest) != T.IsNegative(b);
        return differ && !T.IsZero(rest) ? rest + b : rest;
    }
}

/// <summary>The rest of a / b with the sign of a (Mod with fmod = 1); of integers / 0 it is 0.</summary>
internal readonly struct Remainder : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        if (Element.IsFloat<T>())
            return a % b;
        bool isMinusOne = T.IsNegative(b) && T.IsZero(b + T.One);
        return T.IsZero(b) || isMinusOne ? T.Zero : a % b;
    }
}

/// <summary>The greater one; NaN when either is.</summary>
internal readonly struct Maximum : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T> => T.Max(a, b);

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => true;

    public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        Vector.Max(a, b);
}

/// <summary>The lesser one; NaN when either is.</summary>
internal readonly struct Minimum : IBinary
{
    public static T Apply<T>(T a, T b) where T : unmanaged, INumber<T> => T.Min(a, b);

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => true;

    public static Vector<T> Apply<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T> =>
        Vector.Min(a, b);
}

/// <summary>x where x ≥ 0, slope · x elsewhere.</summary>
internal readonly struct PRelu : IBinary
{
    public static T Apply<T>(T x, T slope) where T : unmanaged, INumber<T> =>
        x < T.Zero ? x * slope : x;

    public static bool HasVector<T>() where T : unmanaged, INumber<T> => true;

    public static Vector<T> Apply<T>(Vector<T> x, Vector<T> slope) where T : unmanaged, INumber<T> =>
        Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), x * slope, x);
}

internal readonly struct Equal : IComparison
{
    public static bool Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a == b;
}

internal readonly struct Less : IComparison
{
    public static bool Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a < b;
}

internal readonly struct LessOrEqual : IComparison
{
    public static bool Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a <= b;
}

internal readonly struct Greater : IComparison
{
    public static bool Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a > b;
}

internal readonly struct GreaterOrEqual : IComparison
{
    public static bool Apply<T>(T a, T b) where T : unmanaged, INumber<T> => a >= b;
}

internal readonly struct And : ILogic
{
    public static bool Apply(bool a, bool b) => a & b;
}

internal readonly struct Or : ILogic
{
    public static bool Apply(bool a, bool b) => a | b;
}

internal readonly struct Xor : ILogic
{
    public static bool Apply(bool a, bool b) => a ^ b;
}
