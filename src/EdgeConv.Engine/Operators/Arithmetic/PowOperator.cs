using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = x to the power of an exponent that may be of another type; y has the type of x. Integers to integer
/// powers wrap around; to negative ones they round towards zero (0 gives 0).
/// </summary>
internal sealed unsafe class PowOperator(Node node) : BroadcastOperator(node)
{
    public override bool CanOverwrite(int input) => true;

    protected override DataType InferType(InferenceContext context)
    {
        DataType type = context.RequireType(0, ArithmeticChecks.FloatsAndIntegers);
        context.RequireType(1, ArithmeticChecks.FloatsAndIntegers);
        return type;
    }

    protected override void Run(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
    {
        switch (a.Type)
        {
            case DataType.Float32: ByExponent<float>(loop, a, b, y); break;
            case DataType.Float64: ByExponent<double>(loop, a, b, y); break;
            case DataType.Int32: ByExponent<int>(loop, a, b, y); break;
            default: ByExponent<long>(loop, a, b, y); break;
        }
    }

    private static void ByExponent<T>(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
        where T : unmanaged, INumber<T>
    {
        switch (b.Type)
        {
            case DataType.Float32: Rows<T, float>(loop, a, b, y); break;
            case DataType.Float64: Rows<T, double>(loop, a, b, y); break;
            case DataType.Int32: Rows<T, int>(loop, a, b, y); break;
            default: Rows<T, long>(loop, a, b, y); break;
        }
    }

    private static void Rows<T, TExponent>(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
        where T : unmanaged, INumber<T> where TExponent : unmanaged, INumber<TExponent> =>
        BinaryLoops.Run<PowRow<T, TExponent>, T, TExponent, T>(loop, a.Data, b.Data, y.Data);
}

/// <summary>Rows of powers.</summary>
internal readonly unsafe struct PowRow<T, TExponent> : IRow<T, TExponent, T>
    where T : unmanaged, INumber<T> where TExponent : unmanaged, INumber<TExponent>
{
    public static void Run(Strided<T> a, Strided<TExponent> b, T* result, int count)
    {
        TExponent two = TExponent.One + TExponent.One;
        if (b.Stride == 0 && b[0] == two)
        {
            for (int i = 0; i < count; i++)
                result[i] = a[i] * a[i];
            return;
        }

        for (int i = 0; i < count; i++)
            result[i] = Power(a[i], b[i]);
    }

    private static T Power(T x, TExponent exponent)
    {
        if (typeof(T) == typeof(float))
            return T.CreateTruncating(MathF.Pow(float.CreateTruncating(x), float.CreateTruncating(exponent)));
        if (Element.IsFloat<T>() || Element.IsFloat<TExponent>())
            return T.CreateSaturating(Math.Pow(Wide(x), Wide(exponent)));
        return IntegerPower(x, long.CreateTruncating(exponent));
    }

    private static double Wide<TNumber>(TNumber x) where TNumber : INumber<TNumber> =>
        double.CreateTruncating(x);

    private static T IntegerPower(T x, long exponent)
    {
        if (exponent < 0)
            return Inverse(x, exponent);
        T product = T.One;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
                product *= x;
            x *= x;
        }

        return product;
    }

    // 1 / xⁿ rounded towards zero: only 1 and −1 leave anything.
    private static T Inverse(T x, long exponent)
    {
        if (x == T.One)
            return x;
        if (x != -T.One)
            return T.Zero;
        return (exponent & 1) != 0 ? x : T.One;
    }
}
