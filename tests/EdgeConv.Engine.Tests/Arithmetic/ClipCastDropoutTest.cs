using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class ClipCastDropoutTest
{
    [Fact]
    public void Clip_takes_bounds_from_attributes_below_opset_11()
    {
        OperatorCase old = new OperatorCase(6).With("min", -1f).With("max", 2f);
        Tensor x = Vector(-3f, -1, 0, 2, 3, float.NaN, -9, 9, 1);
        Assert.Equal([-1, -1, 0, 2, 2, float.NaN, -1, 2, 1], One("Clip", old, x).Values<float>());
    }

    [Fact]
    public void Clip_takes_bounds_from_inputs_of_which_either_may_be_absent()
    {
        Tensor x = Vector(-3f, 0, 3);
        Tensor low = Scalar(-1f);
        Tensor high = Vector(2f);
        Assert.Equal([-1f, 0, 2], One("Clip", x, low, high).Values<float>());
        Assert.Equal([-3f, 0, 2], One("Clip", x, null, high).Values<float>());
        Assert.Equal([-1f, 0, 3], One("Clip", x, low).Values<float>());
        Assert.Equal([-3f, 0, 3], One("Clip", x).Values<float>());
    }

    [Fact]
    public void Clip_of_integers_without_bounds_is_the_identity()
    {
        Tensor x = Vector(long.MinValue, 0, long.MaxValue);
        Assert.Equal(x.Values<long>(), One("Clip", x).Values<long>());
        Tensor bytes = Vector<sbyte>(-128, 5, 127);
        Assert.Equal([-1, 5, 127], One("Clip", bytes, Scalar<sbyte>(-1)).Values<sbyte>());
    }

    [Fact]
    public void Where_bounds_cross_the_upper_one_wins() => Assert.Equal(
        [1f, 1, 1],
        One("Clip", Vector(0f, 1.5f, 9), Scalar(2f), Scalar(1f)).Values<float>());

    [Fact]
    public void Reals_lose_their_fraction_and_saturate()
    {
        Tensor x = Vector(-1.9f, 1.9f, 3e9f, -3e9f, float.NaN, 300, -300);
        Assert.Equal([-1, 1, int.MaxValue, int.MinValue, 0, 300, -300], Cast(x, 6).Values<int>());
        Assert.Equal([-1, 1, 127, -128, 0, 127, -128], Cast(x, 3).Values<sbyte>());
        Assert.Equal([0, 1, 255, 0, 0, 255, 0], Cast(x, 2).Values<byte>());
        Assert.Equal([-1, 1, 3000000000, -3000000000, 0, 300, -300], Cast(x, 7).Values<long>());
    }

    [Fact]
    public void Integers_keep_their_low_bits()
    {
        Assert.Equal([44, 255], Cast(Vector(300, -1), 2).Values<byte>());
        Assert.Equal([-1, 300], Cast(Vector(0xFFFFFFFFL, 300), 6).Values<int>());
        Assert.Equal([-1f, 200], Cast(Vector(-1L, 200), 1).Values<float>());
    }

    [Fact]
    public void Truth_is_everything_but_zero()
    {
        Assert.Equal([true, false, true, true], Cast(Vector(0.1f, 0, -2, float.NaN), 9).Values<bool>());
        Assert.Equal([1f, 0], Cast(Vector(true, false), 1).Values<float>());
        Assert.Equal([1.0, 0], Cast(Vector(true, false), 11).Values<double>());
        Assert.Equal([1L, 0], Cast(Vector(true, false), 7).Values<long>());
        Assert.Equal([1, 0], Cast(Vector(true, false), 2).Values<byte>());
        Assert.Equal([true, false], Cast(Vector(true, false), 9).Values<bool>());
    }

    [Fact]
    public void Cast_names_its_target_below_opset_6_and_follows_a_tensor_in_cast_like()
    {
        Tensor x = Vector(2.5f);
        Assert.Equal([2L], One("Cast", new OperatorCase(5).With("to", "INT64"), x).Values<long>());
        Assert.Equal([2], One("CastLike", x, Vector(0)).Values<int>());
    }

    [Fact]
    public void A_target_that_is_not_supported_is_named()
    {
        ModelError error = Refusal("Cast", new OperatorCase().With("to", 10L), Vector(1f));
        Assert.True(error.IsUnsupported);
        Assert.Contains("FLOAT16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_drops_nothing_and_says_so()
    {
        Tensor x = Vector(1f, -2, 3);
        Tensor[] y = All("Dropout", new OperatorCase(13, 2), x, Scalar(0.5f));
        Assert.Equal(x.Values<float>(), y[0].Values<float>());
        Assert.Equal([true, true, true], y[1].Values<bool>());
        Tensor[] old = All("Dropout", new OperatorCase(7, 2).With("ratio", 0.3f), x);
        Assert.Equal([1f, 1, 1], old[1].Values<float>());
    }

    [Fact]
    public void Dropout_in_training_mode_is_refused_unless_its_ratio_is_zero()
    {
        Tensor x = Vector(1f, -2, 3);
        Tensor yes = Scalar(true);
        ModelError error = Refusal("Dropout", new OperatorCase(), x, Scalar(0.5f), yes);
        Assert.True(error.IsUnsupported);
        Refusal("Dropout", new OperatorCase(), x, null, yes);
        Assert.Equal([1f, -2, 3], One("Dropout", x, Scalar(0f), yes).Values<float>());
        Assert.Equal([1f, -2, 3], One("Dropout", x, null, Scalar(false)).Values<float>());
    }

    private static Tensor Cast(Tensor x, long to) => One("Cast", new OperatorCase().With("to", to), x);
}
