using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class BinaryFunctionTest
{
    [Fact]
    public void Integers_divided_by_zero_give_zero()
    {
        Tensor y = One("Div", Vector(7, -7, 0, int.MinValue), Scalar(0));
        Assert.Equal([0, 0, 0, 0], y.Values<int>());
    }

    [Fact]
    public void The_least_integer_divided_by_minus_one_stays_itself()
    {
        Assert.Equal([int.MinValue], One("Div", Least(int.MinValue), Vector(-1)).Values<int>());
        Assert.Equal([long.MinValue], One("Div", Least(long.MinValue), Vector(-1L)).Values<long>());
        Assert.Equal(
            [sbyte.MinValue],
            One("Div", Least(sbyte.MinValue), Vector<sbyte>(-1)).Values<sbyte>());
        Assert.Equal([0], One("Mod", Least(int.MinValue), Vector(-1)).Values<int>());

        static Tensor Least<T>(T value) where T : unmanaged => Vector(value);
    }

    [Fact]
    public void Integer_division_rounds_towards_zero() => Assert.Equal(
        [2, -2, -2, 2], One("Div", Vector(7, -7, 7, -7), Vector(3, 3, -3, -3)).Values<int>());

    [Fact]
    public void Mod_has_the_sign_of_the_divisor_and_fmod_that_of_the_dividend()
    {
        Tensor a = Vector(-4, 7, 5, 4, -7, 8, 9);
        Tensor b = Vector(2, -3, 8, -2, 3, 5, 0);
        Assert.Equal([0, -2, 5, 0, 2, 3, 0], One("Mod", a, b).Values<int>());
        OperatorCase fmod = new OperatorCase().With("fmod", 1L);
        Assert.Equal([0, 1, 5, 0, -1, 3, 0], One("Mod", fmod, a, b).Values<int>());
        float[] reals = One("Mod", fmod, Vector(-4.3f, 7.2f), Vector(2.1f, -3.4f)).Values<float>();
        AssertClose([-0.1f, 0.4f], reals);
    }

    [Fact]
    public void Mod_of_reals_without_fmod_is_refused()
    {
        ModelError error = Refusal("Mod", new OperatorCase(), Vector(1f), Vector(1f));
        Assert.True(error.IsUnsupported);
    }

    [Fact]
    public void Integers_wrap_around()
    {
        Tensor bytes = Vector<byte>(200, 3);
        Assert.Equal([144, 6], One("Add", bytes, bytes).Values<byte>());
        Assert.Equal([255], One("Sub", Vector<byte>(2), Vector<byte>(3)).Values<byte>());
    }

    [Fact]
    public void Powers_take_exponents_of_another_type()
    {
        Assert.Equal([1, 32, 729], One("Pow", Vector(1L, 2, 3), Vector(4, 5, 6)).Values<long>());
        Assert.Equal([1f, 32, 729], One("Pow", Vector(1f, 2, 3), Vector(4L, 5, 6)).Values<float>());
        Assert.Equal([1, 32, 729], One("Pow", Vector(1, 2, 3), Vector(4f, 5, 6)).Values<int>());
        Assert.Equal([9f, 4], One("Pow", Vector(-3f, 2), Scalar(2f)).Values<float>());
    }

    [Fact]
    public void Great_powers_of_integers_are_exact() => Assert.Equal(
        [4052555153018976267], One("Pow", Vector(3L), Vector(39L)).Values<long>());

    [Fact]
    public void Negative_powers_of_integers_round_towards_zero() => Assert.Equal(
        [0, 1, -1, 0], One("Pow", Vector(5, 1, -1, 0), Vector(-1, -2, -3, -1)).Values<int>());

    [Theory]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Nan_wins(string name)
    {
        float[] numbers = [.. Enumerable.Range(0, 21).Select(i => (float)i)];
        float[] holes = [.. numbers.Select((x, i) => i % 3 == 0 ? float.NaN : 30 - x)];
        float[] left = One(name, Vector<float>(numbers), Vector<float>(holes)).Values<float>();
        float[] right = One(name, Vector<float>(holes), Vector<float>(numbers)).Values<float>();
        Assert.Equal(numbers.Select((_, i) => i % 3 == 0), left.Select(float.IsNaN));
        Assert.Equal(left, right);
    }

    [Fact]
    public void Comparisons_with_nan_are_false()
    {
        Tensor nan = Vector(float.NaN, 1, float.NaN);
        Tensor other = Vector(1, float.NaN, float.NaN);
        foreach (string name in (string[])["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"])
            Assert.All(One(name, nan, other).Values<bool>(), Assert.False);
    }

    [Fact]
    public void Comparisons_order_every_type()
    {
        Check(Vector(1, 2, 3), Scalar(2));
        Check(Vector(1L, 2, 3), Scalar(2L));
        Check(Vector(1.0, 2, 3), Scalar(2.0));
        Check(Vector<byte>(1, 200, 255), Scalar<byte>(200));
        Check(Vector<sbyte>(-100, 2, 3), Scalar<sbyte>(2));

        static void Check(Tensor a, Tensor b)
        {
            Assert.Equal([true, false, false], One("Less", a, b).Values<bool>());
            Assert.Equal([true, true, false], One("LessOrEqual", a, b).Values<bool>());
            Assert.Equal([false, true, false], One("Equal", a, b).Values<bool>());
            Assert.Equal([false, true, true], One("GreaterOrEqual", a, b).Values<bool>());
            Assert.Equal([false, false, true], One("Greater", a, b).Values<bool>());
        }
    }

    [Fact]
    public void Logic_follows_its_truth_tables()
    {
        Tensor a = Vector(false, false, true, true);
        Tensor b = Vector(false, true, false, true);
        Assert.Equal([false, false, false, true], One("And", a, b).Values<bool>());
        Assert.Equal([false, true, true, true], One("Or", a, b).Values<bool>());
        Assert.Equal([false, true, true, false], One("Xor", a, b).Values<bool>());
        Assert.Equal([true, false, false, true], One("Equal", a, b).Values<bool>());
        Assert.Equal([true, true, false, false], One("Not", a).Values<bool>());
    }

    [Fact]
    public void Bits_move()
    {
        Tensor x = Vector<byte>(16, 4, 1, 255);
        Tensor by = Vector<byte>(1, 2, 3, 9);
        Assert.Equal([32, 16, 8, 0], Shift("LEFT").Values<byte>());
        Assert.Equal([8, 1, 0, 0], Shift("RIGHT").Values<byte>());

        Tensor Shift(string direction) =>
            One("BitShift", new OperatorCase().With("direction", direction), x, by);
    }

    [Fact]
    public void A_type_that_is_not_supported_is_named()
    {
        ModelError error = Refusal(
            "Add", new OperatorCase(), Vector(true), Vector(true));
        Assert.True(error.IsUnsupported);
        Assert.Contains("is bool", error.Message, StringComparison.Ordinal);
    }
}
