using CsCheck;
using EdgeConv.Kernels.Image;
using Xunit;

namespace EdgeConv.Kernels.Tests.Image;

public sealed class FixedAxisTest
{
    private const double Step = 1.0 / FixedAxis.One;

    private static readonly Gen<(int Input, int Output, double Part, bool Antialias)> Axes =
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 60], Gen.Double[0.3, 1], Gen.Bool);

    [Fact]
    public void Weights_sum_to_one_exactly()
    {
        Axes.Sample((input, output, part, antialias) =>
        {
            foreach (int fold in (int[])[1, 2])
            {
                FixedAxis axis = new(AxisOf(input, output, part, antialias), fold);
                for (int i = 0; i < output; i++)
                    Assert.Equal(-FixedAxis.One, axis.Weights(i).ToArray().Sum(weight => weight));
            }
        });
    }

    [Fact]
    public void Weights_are_those_of_the_axis_within_a_step()
    {
        Axes.Sample((input, output, part, antialias) =>
        {
            ResampleAxis axis = AxisOf(input, output, part, antialias);
            foreach (int fold in (int[])[1, 2])
            {
                FixedAxis rounded = new(axis, fold);
                for (int i = 0; i < output; i++)
                {
                    double[] expected = Spread(axis, i, input, fold);
                    for (int k = 0; k < rounded.Count; k++)
                    {
                        int at = rounded.First(i) + k;
                        Assert.Equal(expected[at], -rounded.Weights(i)[k] * Step, 1.0001 * Step);
                        expected[at] = 0;
                    }

                    Assert.All(expected, weight => Assert.InRange(weight, 0, Step));
                }
            }
        });
    }

    [Fact]
    public void What_is_needed_lies_inside_the_input()
    {
        Axes.Sample((input, output, part, antialias) =>
        {
            FixedAxis axis = new(AxisOf(input, output, part, antialias), 1);
            FixedAxis folded = new(AxisOf(input, output, part, antialias), 2);
            Assert.InRange(axis.Start, 0, input - axis.Count);
            Assert.InRange(axis.End, axis.Count, input);
            Assert.InRange(folded.End, folded.Count, (input + 1) / 2);
        });
    }

    [Fact]
    public void Two_neighbours_are_blended_where_nothing_is_widened()
    {
        Assert.Equal(2, new FixedAxis(AxisOf(640, 224, 1, antialias: false), 1).Count);
        Assert.Equal(2, new FixedAxis(AxisOf(640, 224, 1, antialias: false), 2).Count);
        Assert.Equal(1, new FixedAxis(AxisOf(224, 224, 1, antialias: true), 1).Count);
        Assert.Equal(6, new FixedAxis(AxisOf(640, 224, 1, antialias: true), 1).Count);
    }

    private static ResampleAxis AxisOf(int input, int output, double part, bool antialias) =>
        new(input, output, new AxisWindow((1 - part) / 2 * input, part * input), antialias);

    private static double[] Spread(ResampleAxis axis, int index, int input, int fold)
    {
        double[] weights = new double[(input + fold - 1) / fold];
        for (int k = 0; k < axis.Taps; k++)
            weights[(axis.First(index) + k) / fold] += axis.Weights(index)[k];
        return weights;
    }
}
