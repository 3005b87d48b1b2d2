using CsCheck;
using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class QuantizationTest
{
    [Fact]
    public void Values_in_range_come_back_within_half_a_step() => Gen.Select(
        Gen.Float[0.01f, 2f], Gen.SByte, Gen.Int[0, 150], Gen.Int[0, 1000],
        (scale, zero, length, seed) => (scale, zero, length, seed)).Sample((scale, zero, length, seed) =>
    {
        Tensor scales = Scalar(scale);
        Tensor zeros = Scalar(zero);
        Tensor x = Tensors.Random(new Shape(length), seed, (-128 - zero) * scale, (127 - zero) * scale);
        Tensor q = One("QuantizeLinear", x, scales, zeros);
        float[] y = One("DequantizeLinear", q, scales, zeros).Values<float>();
        IEnumerable<float> errors = y.Zip(x.Values<float>(), (back, value) => Math.Abs(back - value));
        Assert.All(errors, error => Assert.True(error <= scale * 0.50001f));
    }, iter: 200);

    [Fact]
    public void Every_length_and_type_matches_the_formula()
    {
        for (int length = 0; length <= 140; length += 7)
        {
            Tensor x = Tensors.Random(new Shape(length), length, -40, 40);
            CheckUnsigned(x, 0.2f, 120);
            CheckSigned(x, 0.3f, -7);
        }
    }

    [Fact]
    public void Halves_round_to_the_even_integer_and_extremes_saturate()
    {
        Tensor x = Vector(0.5f, 1.5f, 2.5f, -0.5f, 1e30f, -1e30f, float.PositiveInfinity, 254.5f, 300);
        Tensor y = One("QuantizeLinear", x, Scalar(1f));
        Assert.Equal([0, 2, 2, 0, 255, 0, 255, 254, 255], y.Values<byte>());
        Tensor zero = Scalar<sbyte>(1);
        Assert.Equal(
            [1, 3, 3, 1, 127, -128, 127, 127, 127],
            One("QuantizeLinear", x, Scalar(1f), zero).Values<sbyte>());
    }

    [Fact]
    public void A_scale_of_shape_1_is_a_scalar()
    {
        Tensor x = Tensors.Random(new Shape(1, 3, 2, 2), 1);
        Tensor zero = Vector<byte>(7);
        byte[] one = One("QuantizeLinear", x, Vector(0.1f), zero).Values<byte>();
        Assert.Equal(one, One("QuantizeLinear", x, Scalar(0.1f), Scalar<byte>(7)).Values<byte>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Each_place_of_an_axis_has_its_scale(int axis)
    {
        Shape shape = new(3, 4, 5);
        Tensor x = Tensors.Random(shape, 1);
        int count = shape[axis];
        Tensor scale = Tensors.Random(new Shape(count), 2, 0.01, 0.1);
        Tensor zero = Vector<byte>([.. Enumerable.Range(100, count).Select(i => (byte)i)]);
        OperatorCase node = new OperatorCase().With("axis", (long)axis);
        Tensor q = One("QuantizeLinear", node, x, scale, zero);
        float[] y = One("DequantizeLinear", node, q, scale, zero).Values<float>();
        int inner = (int)shape.CountBetween((axis + 3) % 3 + 1, 3);
        for (int i = 0; i < y.Length; i++)
        {
            float step = scale.AsSpan<float>()[i / inner % count];
            byte offset = zero.AsSpan<byte>()[i / inner % count];
            double expected = Math.Clamp(MathF.Round(x.AsSpan<float>()[i] / step) + offset, 0, 255);
            Assert.Equal(expected, q.AsSpan<byte>()[i]);
            Assert.Equal((float)(expected - offset) * step, y[i]);
        }
    }

    [Fact]
    public void Integers_of_32_bits_are_dequantized_with_and_without_a_zero_point()
    {
        Tensor x = Vector(-5, 0, int.MaxValue);
        Tensor scale = Scalar(0.5f);
        float[] expected = [-2.5f, 0, 0.5f * int.MaxValue];
        Assert.Equal(expected, One("DequantizeLinear", x, scale).Values<float>());
        Assert.Equal(expected, One("DequantizeLinear", x, scale, Scalar(0)).Values<float>());
    }

    [Fact]
    public void A_scale_that_fits_no_axis_is_refused()
    {
        Tensor x = Tensors.Random(new Shape(2, 3), 1);
        ModelError error = Refusal("QuantizeLinear", new OperatorCase(), x, Vector(1f, 2));
        Assert.Contains("[2] does not fit input of shape [2,3]", error.Message, StringComparison.Ordinal);
        Refusal("QuantizeLinear", new OperatorCase(10), x, Vector(1f, 2, 3));
    }

    [Fact]
    public void The_dynamic_range_holds_zero()
    {
        // y = round(x / scale) + zero point with scale (max − min) / 255: ONNX's own example.
        Tensor x = Vector(0f, 2, -3, -2.5f, 1.34f, 0.5f);
        Tensor[] y = All("DynamicQuantizeLinear", new OperatorCase(17, 3), x);
        Assert.Equal([153, 255, 0, 26, 221, 179], y[0].Values<byte>());
        Assert.Equal(5f / 255, y[1].Values<float>()[0], 1e-8f);
        Assert.Equal([153], y[2].Values<byte>());
        Tensor[] positive = All("DynamicQuantizeLinear", new OperatorCase(17, 3), Vector(1.5f, 2));
        Assert.Equal([191, 255], positive[0].Values<byte>());
        Assert.Equal([0], positive[2].Values<byte>());
        Tensor[] zeros = All("DynamicQuantizeLinear", new OperatorCase(17, 3), Vector(0f, 0));
        Assert.Equal([1f], zeros[1].Values<float>());
    }

    private static void CheckUnsigned(Tensor x, float scale, byte zero)
    {
        Tensor q = One("QuantizeLinear", x, Scalar(scale), Scalar(zero));
        IEnumerable<byte> expected = x.Values<float>()
            .Select(v => (byte)Math.Clamp(MathF.Round(v / scale) + zero, 0, 255));
        Assert.Equal(expected, q.Values<byte>());
        float[] y = One("DequantizeLinear", q, Scalar(scale), Scalar(zero)).Values<float>();
        Assert.Equal(expected.Select(v => (v - zero) * scale), y);
    }

    private static void CheckSigned(Tensor x, float scale, sbyte zero)
    {
        Tensor q = One("QuantizeLinear", x, Scalar(scale), Scalar(zero));
        IEnumerable<sbyte> expected = x.Values<float>()
            .Select(v => (sbyte)Math.Clamp(MathF.Round(v / scale) + zero, -128, 127));
        Assert.Equal(expected, q.Values<sbyte>());
        float[] y = One("DequantizeLinear", q, Scalar(scale), Scalar(zero)).Values<float>();
        Assert.Equal(expected.Select(v => (v - zero) * scale), y);
    }
}
