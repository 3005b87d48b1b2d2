using EdgeConv.Kernels.Pointwise;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

/// <summary>y = Σk (s[k] x[p,k]) w[co,k], whichever side of the product takes the scales.</summary>
public sealed unsafe class PointwiseScaleTest : IDisposable
{
    private readonly GuardedMemory _input = new(1 << 17);
    private readonly GuardedMemory _scales = new(1 << 12);
    private readonly GuardedMemory _scratch = new(1 << 17);
    private readonly GuardedMemory _packed = new(1 << 18);
    private readonly GuardedMemory _output = new(1 << 17);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_small_size_is_exact_on_integers_and_stays_inside_its_scratch(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        foreach (int pixels in Grid.Sizes(26))
        {
            foreach (int inputs in Grid.Sparse(Grid.Sizes(9), 3))
            {
                foreach (int outputs in Grid.Sizes(40))
                    RequireExact(kernel, (pixels, inputs, outputs));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Several_bands_and_weights_of_one_are_exact(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        RequireExact(kernel, (300, 5, 17));
        RequireExact(kernel, (60, 65, 65));
        RequireExact(kernel, (7, 100, 250));
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Shares_scale_what_they_use_and_make_what_one_makes(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        (int, int, int)[] all = [(500, 7, 20), (30, 11, 90), (30, 11, 20), (3, 5, 2)];
        foreach ((int, int, int) extents in all)
        {
            (int pixels, int inputs, int outputs) = extents;
            float[] x = Numbers.Integers(pixels * inputs, 1), scales = Numbers.Integers(inputs, 4);
            float[] expected = Reference(x, scales, extents);
            for (int shares = 1; shares <= 4; shares++)
                Assert.Equal(expected, Run(kernel, x, scales, extents, shares));
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Fewer_pixels_than_channels_give_the_bits_of_an_image_that_was_scaled_before(KernelSet set)
    {
        PointwiseKernel kernel = KernelTable.Pointwise(set);
        (int Pixels, int Inputs, int Outputs) extents = (13, 40, 33);
        float[] x = Numbers.Reals(13 * 40, 1), scales = Numbers.Reals(40, 2);
        float[] scaled = [.. x.Select((value, i) => value * scales[i % 40])];
        float[] ones = [.. scales.Select(_ => 1f)];
        Assert.Equal(Run(kernel, scaled, ones, extents, 1), Run(kernel, x, scales, extents, 1));
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void More_pixels_than_channels_agree_within_the_rounding_of_a_sum(KernelSet set)
    {
        (int Pixels, int Inputs, int Outputs) extents = (70, 40, 9);
        float[] x = Numbers.Reals(70 * 40, 1), scales = Numbers.Reals(40, 2);
        float[] actual = Run(KernelTable.Pointwise(set), x, scales, extents, 1);
        float[] weights = Weights(extents);
        for (int i = 0; i < actual.Length; i++)
        {
            (int pixel, int channel) = (i / 9, i % 9);
            double sum = Bias(extents)[channel], size = Math.Abs(sum);
            for (int k = 0; k < 40; k++)
            {
                double term = (double)x[(pixel * 40) + k] * scales[k] * weights[(channel * 40) + k];
                sum += term;
                size += Math.Abs(term);
            }

            Assert.Equal(sum, actual[i], size * 42 * Math.Pow(2, -24));
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void NaN_stays_NaN_on_either_side(KernelSet set)
    {
        foreach ((int Pixels, int Inputs, int Outputs) extents in ((int, int, int)[])[(50, 6, 4), (4, 6, 50)])
        {
            float[] x = Numbers.Integers(extents.Pixels * 6, 1), scales = Numbers.Integers(6, 4);
            scales[3] = float.NaN;
            float[] y = Run(KernelTable.Pointwise(set), x, scales, extents, 1);
            Assert.All(y, value => Assert.True(float.IsNaN(value)));
            scales[3] = 2;
            x[(2 * 6) + 5] = float.NaN;
            y = Run(KernelTable.Pointwise(set), x, scales, extents, 1);
            for (int i = 0; i < y.Length; i++)
                Assert.Equal(i / extents.Outputs == 2, float.IsNaN(y[i]));
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _scales.Dispose();
        _scratch.Dispose();
        _packed.Dispose();
        _output.Dispose();
    }

    private static float[] Weights((int Pixels, int Inputs, int Outputs) extents) =>
        Numbers.Integers(extents.Inputs * extents.Outputs, 2);

    private static float[] Bias((int Pixels, int Inputs, int Outputs) extents) =>
        Numbers.Integers(extents.Outputs, 3);

    private static float[] Reference(float[] x, float[] scales, (int Pixels, int Inputs, int Outputs) extents)
    {
        float[] weights = Weights(extents), bias = Bias(extents);
        float[] y = new float[extents.Pixels * extents.Outputs];
        for (int i = 0; i < y.Length; i++)
        {
            (int pixel, int channel) = (i / extents.Outputs, i % extents.Outputs);
            double sum = bias[channel];
            for (int k = 0; k < extents.Inputs; k++)
            {
                sum += (double)scales[k] * x[(pixel * extents.Inputs) + k]
                    * weights[(channel * extents.Inputs) + k];
            }

            y[i] = (float)sum;
        }

        return y;
    }

    private void RequireExact(PointwiseKernel kernel, (int Pixels, int Inputs, int Outputs) extents)
    {
        float[] x = Numbers.Integers(extents.Pixels * extents.Inputs, 1);
        float[] scales = Numbers.Integers(extents.Inputs, 4);
        if (!Run(kernel, x, scales, extents, 1).AsSpan().SequenceEqual(Reference(x, scales, extents)))
            Assert.Fail($"{kernel.Name}: wrong for {extents}");
    }

    private float[] Run(
        PointwiseKernel kernel,
        float[] x,
        float[] scales,
        (int Pixels, int Inputs, int Outputs) extents,
        int shares)
    {
        (int pixels, int inputs, int outputs) = extents;
        float* packed = _packed.AtEnd<float>((int)kernel.PackedLength(inputs, outputs));
        fixed (float* w = Weights(extents))
        fixed (float* b = Bias(extents))
        {
            kernel.PackInto(
                new PointwiseWeights
                {
                    Weights = w,
                    RowStride = inputs,
                    ColumnStride = 1,
                    Bias = b,
                    InputChannels = inputs,
                    OutputChannels = outputs,
                },
                packed);
        }

        PointwiseArguments whole = new()
        {
            Packed = packed,
            InputChannels = inputs,
            Input = _input.AtEnd<float>(x),
            InputStride = inputs,
            Scales = _scales.AtEnd<float>(scales),
            Scratch = _scratch.AtEnd<float>((int)kernel.ScaleLength(inputs, outputs, pixels)),
            Output = _output.AtEnd<float>(pixels * outputs),
            OutputStride = outputs,
            Pixels = pixels,
            ChannelEnd = outputs,
        };
        for (int share = 0; share < shares; share++)
            kernel.RunShare(whole, share, shares);
        return new ReadOnlySpan<float>(whole.Output, pixels * outputs).ToArray();
    }
}
