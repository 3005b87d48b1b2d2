using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class UnaryFunctionTest
{
    private static readonly OperatorCase s_default = new(20);

    /// <summary>Each function as its definition in double precision, and where to look at it.</summary>
    private static readonly Dictionary<string, (Func<double, double> F, double Low, double High)>
        s_functions = new()
    {
        ["Neg"] = (x => -x, -3, 3),
        ["Abs"] = (Math.Abs, -3, 3),
        ["Sign"] = (x => Math.Sign(x), -3, 3),
        ["Ceil"] = (Math.Ceiling, -3, 3),
        ["Floor"] = (Math.Floor, -3, 3),
        ["Round"] = (x => Math.Round(x, MidpointRounding.ToEven), -9, 9),
        ["Reciprocal"] = (x => 1 / x, 0.1, 3),
        ["Sqrt"] = (Math.Sqrt, 0, 30),
        ["Exp"] = (Math.Exp, -20, 5),
        ["Log"] = (Math.Log, 1e-3, 1e3),
        ["Sin"] = (Math.Sin, -3, 3),
        ["Cos"] = (Math.Cos, -3, 3),
        ["Tan"] = (Math.Tan, -1.4, 1.4),
        ["Asin"] = (Math.Asin, -1, 1),
        ["Acos"] = (Math.Acos, -1, 1),
        ["Atan"] = (Math.Atan, -9, 9),
        ["Sinh"] = (Math.Sinh, -3, 3),
        ["Cosh"] = (Math.Cosh, -3, 3),
        ["Tanh"] = (Math.Tanh, -5, 5),
        ["Asinh"] = (Math.Asinh, -9, 9),
        ["Acosh"] = (Math.Acosh, 1, 9),
        ["Atanh"] = (Math.Atanh, -0.95, 0.95),
        ["Erf"] = (Erf, -5, 5),
        ["Sigmoid"] = (x => 1 / (1 + Math.Exp(-x)), -20, 20),
        ["HardSigmoid"] = (x => Math.Clamp(0.2 * x + 0.5, 0, 1), -5, 5),
        ["HardSwish"] = (x => x * Math.Clamp(x / 6 + 0.5, 0, 1), -5, 5),
        ["Relu"] = (x => Math.Max(x, 0), -3, 3),
        ["LeakyRelu"] = (x => x < 0 ? 0.01 * x : x, -3, 3),
        ["ThresholdedRelu"] = (x => x > 1 ? x : 0, -3, 3),
        ["Elu"] = (x => x < 0 ? Math.Exp(x) - 1 : x, -5, 5),
        ["Selu"] = (x => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * (Math.Exp(x) - 1) : x), -5, 5),
        ["Celu"] = (x => Math.Max(0, x) + Math.Min(0, Math.Exp(x) - 1), -5, 5),
        ["Softplus"] = (x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))), -20, 20),
        ["Softsign"] = (x => x / (1 + Math.Abs(x)), -5, 5),
        ["Mish"] = (x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))), -9, 9),
        ["Gelu"] = (x => x / 2 * (1 + Erf(x / Math.Sqrt(2))), -5, 5),
    };

    public static TheoryData<string> Names => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Floats_match_the_definition_at_every_length(string name)
    {
        (Func<double, double> definition, double low, double high) = s_functions[name];
        for (int length = 0; length <= 70; length++)
        {
            Tensor x = Tensors.Random(new Shape(length), length, low, high);
            float[] expected = [.. x.Values<float>().Select(value => (float)definition(value))];
            AssertClose(expected, One(name, s_default, x).Values<float>(), 2e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Doubles_match_the_definition(string name)
    {
        (Func<double, double> definition, double low, double high) = s_functions[name];
        double[] x = [.. Tensors.Random(new Shape(19), 7, low, high).Values<float>().Select(v => (double)v)];
        double[] y = One(name, s_default, Vector<double>(x)).Values<double>();
        double allowed = name is "HardSigmoid" or "HardSwish" or "LeakyRelu" or "Selu" ? 1e-7 : 1e-12;
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(definition(x[i]), y[i], allowed * Math.Max(1, Math.Abs(y[i])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nan_stays_nan(string name)
    {
        float[] x = [.. Enumerable.Repeat(float.NaN, 11)];
        float[] y = One(name, s_default, Vector<float>(x)).Values<float>();
        Assert.All(y, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Halves_round_to_the_even_integer()
    {
        Tensor x = Vector(0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 0.49999997f, 8388609.5f, 3.5f);
        Assert.Equal([0, 2, 2, 0, -2, -2, 0, 8388610, 4], One("Round", x).Values<float>());
    }

    [Fact]
    public void Extremes_saturate()
    {
        float infinity = float.PositiveInfinity;
        Tensor x = Vector(-1000f, 1000, -infinity, infinity, -1000, 1000, -1000, 1000);
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], One("Sigmoid", x).Values<float>());
        AssertClose([-1f, 1, -1, 1, -1, 1, -1, 1], One("Erf", x).Values<float>(), 1e-6);
        float[] softplus = One("Softplus", x).Values<float>();
        Assert.Equal([0, 1000, 0, infinity, 0, 1000, 0, 1000], softplus);
        float[] exponentials = One("Exp", x).Values<float>();
        Assert.Equal(x.Values<float>().Select(v => MathF.Exp(v)), exponentials);
    }

    [Fact]
    public void Small_softplus_keeps_its_digits() => AssertClose(
        [1f], [One("Softplus", Vector(-30f)).Values<float>()[0] / 9.3576229688e-14f], 1e-6);

    [Fact]
    public void Integers_have_signs_and_magnitudes()
    {
        Tensor x = Vector(-5, 0, 7, int.MinValue, 1, 2, 3, -4, -9);
        Assert.Equal([5, 0, 7, int.MinValue, 1, 2, 3, 4, 9], One("Abs", x).Values<int>());
        Assert.Equal([-1, 0, 1, -1, 1, 1, 1, -1, -1], One("Sign", x).Values<int>());
        Assert.Equal([0, 0, 7, 0, 1, 2, 3, 0, 0], One("Relu", x).Values<int>());
        Assert.Equal([5, 0, -7, int.MinValue, -1, -2, -3, 4, 9], One("Neg", x).Values<int>());
        Assert.Equal([128, 3], One("Abs", Vector<sbyte>(-128, 3)).Values<sbyte>().Select(b => (byte)b));
        Assert.Equal([200, 0], One("Abs", Vector<byte>(200, 0)).Values<byte>());
    }

    [Fact]
    public void Attributes_change_the_curve()
    {
        Tensor x = Vector(-1f, 0, 1);
        Assert.Equal([-0.1f, 0, 1], One("LeakyRelu", s_default.With("alpha", 0.1f), x).Values<float>());
        OperatorCase hard = s_default.With("alpha", 0.5f).With("beta", 0.6f);
        AssertClose([0.1f, 0.6f, 1], One("HardSigmoid", hard, x).Values<float>());
        AssertClose(
            [-1.2642411f, 0, 1], One("Elu", s_default.With("alpha", 2f), x).Values<float>());
        AssertClose(
            [-0.7869387f, 0, 1], One("Celu", s_default.With("alpha", 2f), x).Values<float>());
        // torch.nn.functional.gelu(x, approximate='tanh')
        AssertClose(
            [-0.15880801f, 0, 0.841192f],
            One("Gelu", s_default.With("approximate", "tanh"), x).Values<float>());
    }

    [Fact]
    public void Nan_and_infinity_are_found()
    {
        Tensor x = Vector(float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1);
        Assert.Equal([true, false, false, false], One("IsNaN", x).Values<bool>());
        Assert.Equal([false, true, true, false], One("IsInf", x).Values<bool>());
        OperatorCase positive = new OperatorCase().With("detect_negative", 0L);
        Assert.Equal([false, true, false, false], One("IsInf", positive, x).Values<bool>());
    }

    [Fact]
    public void An_unknown_attribute_is_refused()
    {
        ModelError error = Refusal("Relu", new OperatorCase().With("slope", 1f), Vector(1f));
        Assert.True(error.IsUnsupported);
        Assert.Contains("'slope'", error.Message, StringComparison.Ordinal);
    }

    // 2/√π ∫₀ˣ e^(−t²) dt by Simpson's rule on 4000 intervals.
    private static double Erf(double x)
    {
        const int Intervals = 4000;
        double step = x / Intervals;
        double sum = 1 + Math.Exp(-x * x);
        for (int i = 1; i < Intervals; i++)
            sum += (i % 2 == 0 ? 2 : 4) * Math.Exp(-(i * step) * (i * step));
        return 2 / Math.Sqrt(Math.PI) * sum * step / 3;
    }
}
