using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class ShapeArgumentTest
{
    [Fact]
    public void Shapes_are_read_by_the_name_of_their_input()
    {
        Dictionary<string, Shape> shapes = ShapeArgument.ParseAll(["image=1x3x224x224", "a=b:0=5", "x=2x1"]);
        Assert.Equal(["image", "a=b:0", "x"], shapes.Keys);
        Assert.Equal([new Shape(1, 3, 224, 224), new Shape(5), new Shape(2, 1)], shapes.Values);
    }

    [Theory]
    [InlineData("1x3x224x224", "names no input")]
    [InlineData("=1x3", "names no input")]
    [InlineData("x=", "extent '' is no positive whole number")]
    [InlineData("x=1x3x", "extent '' is no positive whole number")]
    [InlineData("x=1x0x3", "extent '0' is no positive whole number")]
    [InlineData("x=1x-3", "extent '-3' is no positive whole number")]
    [InlineData("x=1,3,224", "extent '1,3,224' is no positive whole number")]
    [InlineData("x=1x3x2.5", "extent '2.5' is no positive whole number")]
    [InlineData("x=99999999999", "dimension 0 is 99999999999, it must lie in 0..2147483647")]
    [InlineData("x=65536x65536", "[65536,65536] has more than 2147483647 elements")]
    [InlineData("x=1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1", "17 dimensions, at most 16 are supported")]
    public void What_is_no_shape_is_told_with_what_would_be_right(string argument, string problem) => Assert.Equal(
        $"--shape '{argument}': {problem}; NAME=1x3x224x224 would be right",
        Assert.Throws<ConfigError>(() => ShapeArgument.ParseAll([argument])).Message);

    [Fact]
    public void An_input_has_one_shape() => Assert.Equal(
        "--shape: input 'x' is given two shapes; one is right",
        Assert.Throws<ConfigError>(() => ShapeArgument.ParseAll(["x=1", "y=2", "x=1"])).Message);
}
