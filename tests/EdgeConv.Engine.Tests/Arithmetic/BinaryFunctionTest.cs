using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class BinaryFunctionTest
{
    [Fact]
    public void Integers_divided_by_zero_give_zero()
    {
        Tensor y = OperatorRun.One("Div", Tensors.Vector(7, -7, 0, int.MinValue), Tensors.Scalar(0));
        Assert.Equal([0, 0, 0, 0], y.Values<int>());
    }

    [Fact]
    public void The_least_integer_divided_by_minus_one_stays_itself()
    {
        Assert.Equal([int.MinValue], OperatorRun.One("Div", Least(int.MinValue), Tensors.Vector(-1)).Values<int>());
        Assert.Equal([long.MinValue], OperatorRun.One("Div", Least(long.MinValue), Tensors.Vector(-1L)).Values<long>());
        Assert.Equal(
            [sbyte.MinValue],
            OperatorRun.One("Div", Least(sbyte.MinValue), Tensors.Vector<sbyte>(-1)).Values<sbyte>());
        Assert.Equal([0], OperatorRun.One("Mod", Least(int.MinValue), Tensors.Vector(-1)).Values<int>());

        static Tensor Least<T>(T value) where T : unmanaged => Tensors.Vector(value);
    }

    [Fact]
    public void Integer_division_rounds_towards_zero() => Assert.Equal(
        [2, -2, -2, 2], OperatorRun.One("Div", Tensors.Vector(7, -7, 7, -7), Tensors.Vector(3, 3, -3, -3)).Values<int>());

    [Fact]
    public void Mod_has_the_sign_of_the_divisor_and_fmod_that_of_the_dividend()
    {
        Tensor a = Tensors.Vector(-4, 7, 5, 4, -7, 8, 9);
        Tensor b = Tensors.Vector(2, -3, 8, -2, 3, 5, 0);
        Assert.Equal([0, -2, 5, 0, 2, 3, 0], OperatorRun.One("Mod", a, b).Values<int>());
        OperatorCase fmod = new OperatorCase().With("fmod", 1L);
        Assert.Equal([0, 1, 5, 0, -1, 3, 0], OperatorRun.One("Mod", fmod, a, b).Values<int>());
        float[] reals = OperatorRun.One("Mod", fmod, Tensors.Vector(-4.3f, 7.2f), Tensors.Vector(2.1f, -3.4f)).Values<float>();
        Tensors.AssertClose([-0.1f, 0.4f], reals);
    }

    [Fact]
    public void Mod_of_reals_without_fmod_is_refused()
    {
        ModelError error = OperatorRun.Refusal("Mod", new OperatorCase(), Tensors.Vector(1f), Tensors.Vector(1f));
        Assert.True(error.IsUnsupported);
    }

    [Fact]
    public void Integers_wrap_around()
    {
        Tensor bytes = Tensors.Vector<byte>(200, 3);
        Assert.Equal([144, 6], OperatorRun.One("Add", bytes, bytes).Values<byte>());
        Assert.Equal([255], OperatorRun.One("Sub", Tensors.Vector<byte>(2), Tensors.Vector<byte>(3)).Values<byte>());
    }

    [Fact]
    public void Powers_take_exponents_of_another_type()
    {
        Assert.Equal([1, 32, 729], OperatorRun.One("Pow", Tensors.Vector(1L, 2, 3), Tensors.Vector(4, 5, 6)).Values<long>());
        Assert.Equal([1f, 32, 729], OperatorRun.One("Pow", Tensors.Vector(1f, 2, 3), Tensors.Vector(4L, 5, 6)).Values<float>());
        Assert.Equal([1, 32, 729], OperatorRun.One("Pow", Tensors.Vector(1, 2, 3), Tensors.Vector(4f, 5, 6)).Values<int>());
        Assert.Equal([9f, 4], OperatorRun.One("Pow", Tensors.Vector(-3f, 2), Tensors.Scalar(2f)).Values<float>());
    }

    [Fact]
    public void Great_powers_of_integers_are_exact() => Assert.Equal(
        [4052555153018976267], OperatorRun.One("Pow", Tensors.Vector(3L), Tensors.Vector(39L)).Values<long>());

    [Fact]
    public void Negative_powers_of_integers_round_towards_zero() => Assert.Equal(
        [0, 1, -1, 0], OperatorRun.One("Pow", Tensors.Vector(5, 1, -1, 0), Tensors.Vector(-1, -2, -3, -1)).Values<int>());

    [Theory]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Nan_wins(string name)
    {
        float[] numbers = [.. Enumerable.Range(0, 21).Select(i => (float)i)];
        float[] holes = [.. numbers.Select((x, i) => i % 3 == 0 ? float.NaN : 30 - x)];
        float[] left = OperatorRun.One(name, Tensors.Vector<float>(numbers), Tensors.Vector<float>(holes)).Values<float>();
        float[] right = OperatorRun.One(name, Tensors.Vector<float>(holes), Tensors.Vector<float>(numbers)).Values<float>();
        Assert.Equal(numbers.Select((_, i) => i % 3 == 0), left.Select(float.IsNaN));
        Assert.Equal(left, right);
    }

    [Fact]
    public void Comparisons_with_nan_are_false()
    {
        Tensor nan = Tensors.Vector(float.NaN, 1, float.NaN);
        Tensor other = Tensors.Vector(1, float.NaN, float.NaN);
        foreach (string name in (string[])["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"])
            Assert.All(OperatorRun.One(name, nan, other).Values<bool>(), Assert.False);
    }

    [Fact]
    public void Comparisons_order_every_type()
    {
        Check(Tensors.Vector(1, 2, 3), Tensors.Scalar(2));
        Check(Tensors.Vector(1L, 2, 3), Tensors.Scalar(2L));
        Check(Tensors.Vector(1.0, 2, 3), Tensors.Scalar(2.0));
        Check(Tensors.Vector<byte>(1, 200, 255), Tensors.Scalar<byte>(200));
        Check(Tensors.Vector<sbyte>(-100, 2, 3), Tensors.Scalar<sbyte>(2));

        static void Check(Tensor a, Tensor b)
        {
            Assert.Equal([true, false, false], OperatorRun.One("Less", a, b).Values<bool>());
            Assert.Equal([true, true, false], OperatorRun.One("LessOrEqual", a, b).Values<bool>());
            Assert.Equal([false, true, false], OperatorRun.One("Equal", a, b).Values<bool>());
            Assert.Equal([false, true, true], OperatorRun.One("GreaterOrEqual", a, b).Values<bool>());
            Assert.Equal([false, false, true], OperatorRun.One("Greater", a, b).Values<bool>());
        }
    }

    [Fact]
    public void Logic_follows_its_truth_tables()
    {
        Tensor a = Tensors.Vector(false, false, true, true);
        Tensor b = Tensors.Vector(false, true, false, true);
        Assert.Equal([false, false, false, true], OperatorRun.One("And", a, b).Values<bool>());
        Assert.Equal([false, true, true, true], OperatorRun.One("Or", a, b).Values<bool>());
        Assert.Equal([false, true, true, false], OperatorRun.One("Xor", a, b).Values<bool>());
        Assert.Equal([true, false, false, true], OperatorRun.One("Equal", a, b).Values<bool>());
        Assert.Equal([true, true, false, false], OperatorRun.One("Not", a).Values<bool>());
    }

    [Fact]
    public void Bits_move()
    {
        Tensor x = Tensors.Vector<byte>(16, 4, 1, 255);
        Tensor by = Tensors.Vector<byte>(1, 2, 3, 9);
        Assert.Equal([32, 16, 8, 0], Shift("LEFT").Values<byte>());
        Assert.Equal([8, 1, 0, 0], Shift("RIGHT").Values<byte>());

        Tensor Shift(string direction) =>
            OperatorRun.One("BitShift", new OperatorCase().With("direction", direction), x, by);
    }

    [Fact]
    public void A_type_that_is_not_supported_is_named()
    {
        ModelError error = OperatorRun.Refusal(
            "Add", new OperatorCase(), Tensors.Vector(true), Tensors.Vector(true));
        Assert.True(error.IsUnsupported);
        Assert.Contains("is bool", error.Message, StringComparison.Ordinal);
    }
}
