using CsCheck;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests.Laws;

/// <summary>
/// What makes depthwise-separable networks what they are, held by the kernels that run them.
/// </summary>
public sealed class SeparableConvolutionLawsTest
{
    // Enough to meet every tile and tail; each case is small.
    private const int Cases = 200;

    private static readonly Gen<(int Inputs, int Outputs, int Height, int Width, int Seed)> Sizes =
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 8], Gen.Int[1, 11], Gen.Int[0, 100000]);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_1x1_convolution_commutes_with_any_permutation_of_pixels(KernelSet set) => Sizes.Sample(
        size =>
        {
            int pixels = size.Height * size.Width;
            ReferenceConvolution shape = new()
            {
                InputChannels = size.Inputs,
                OutputChannels = size.Outputs,
                Input = (size.Height, size.Width),
            };
            float[] x = Numbers.Reals(shape.InputCount, size.Seed);
            float[] weights = Numbers.Integers(shape.WeightCount, size.Seed + 1);
            int[] order = [.. Enumerable.Range(0, pixels)];
            new Random(size.Seed).Shuffle(order);

            float[] permutedThenConvolved = Run(set, shape, weights, Permute(x, order));
            float[] convolvedThenPermuted = Permute(Run(set, shape, weights, x), order);
            // Lanes and tails may round differently where a row falls back to unfused arithmetic.
            RequireClose(convolvedThenPermuted, permutedThenConvolved, 1e-5);
        },
        iter: Cases);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_stack_of_1x1_convolutions_sees_one_pixel(KernelSet set) => Sizes.Sample(
        size =>
        {
            ReferenceConvolution first = new()
            {
                InputChannels = size.Inputs,
                OutputChannels = size.Outputs,
                Input = (size.Height, size.Width),
            };
            ReferenceConvolution second =
                first with { InputChannels = size.Outputs, OutputChannels = size.Inputs };
            float[] w1 = Numbers.Integers(first.WeightCount, size.Seed);
            float[] w2 = Numbers.Integers(second.WeightCount, size.Seed + 1);
            float[] x = Numbers.Integers(first.InputCount, size.Seed + 2);
            float[] changed = [.. x];
            int pixels = size.Height * size.Width, pixel = size.Seed % pixels;
            for (int channel = 0; channel < size.Inputs; channel++)
                changed[(channel * pixels) + pixel] += 1;

            float[] before = Run(set, second, w2, Run(set, first, w1, x));
            float[] after = Run(set, second, w2, Run(set, first, w1, changed));
            for (int i = 0; i < before.Length; i++)
            {
                if (i % pixels != pixel)
                    Assert.Equal(before[i], after[i]);
            }
        },
        iter: Cases);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Differences_of_channels_tell_apart_what_their_sum_cannot(KernelSet set)
    {
        // A red bar on the left with a green one on the right, and the same with colours exchanged.
        float[] redGreen = [1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0];
        float[] greenRed = [0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0];
        ReferenceConvolution shape = new() { InputChannels = 3, OutputChannels = 1, Input = (2, 2) };
        Assert.Equal(Run(set, shape, [1, 1, 1], redGreen), Run(set, shape, [1, 1, 1], greenRed));
        Assert.Equal([1, -1, 1, -1], Run(set, shape, [1, -1, 0], redGreen));
        Assert.Equal([-1, 1, -1, 1], Run(set, shape, [1, -1, 0], greenRed));
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Luminance_weights_give_luminance(KernelSet set)
    {
        // ITU-R BT.601: Y = 0.299 R + 0.587 G + 0.114 B.
        float[] weights = [0.299f, 0.587f, 0.114f];
        float[] rgb = Numbers.Reals(3 * 35, 6);
        float[] y = Run(set, new() { InputChannels = 3, OutputChannels = 1, Input = (5, 7) }, weights, rgb);
        for (int i = 0; i < 35; i++)
            Assert.Equal((0.299 * rgb[i]) + (0.587 * rgb[35 + i]) + (0.114 * rgb[70 + i]), y[i], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Depthwise_then_pointwise_is_the_standard_convolution_with_the_outer_product(
        KernelSet set) => Sizes.Sample(
        size =>
        {
            ReferenceConvolution depthwise = new()
            {
                InputChannels = size.Inputs,
                OutputChannels = size.Inputs,
                Groups = size.Inputs,
                Input = (size.Height, size.Width),
                Kernel = (3, 3),
                PadBegin = (1, 1),
                PadEnd = (1, 1),
            };
            ReferenceConvolution pointwise = new()
            {
                InputChannels = size.Inputs,
                OutputChannels = size.Outputs,
                Input = (size.Height, size.Width),
            };
            ReferenceConvolution standard = depthwise with { OutputChannels = size.Outputs, Groups = 1 };
            float[] spatial = Numbers.Integers(depthwise.WeightCount, size.Seed);
            float[] mixing = Numbers.Integers(pointwise.WeightCount, size.Seed + 1);
            float[] product = new float[standard.WeightCount];
            for (int i = 0; i < product.Length; i++)
                product[i] = mixing[i / 9] * spatial[i % (9 * size.Inputs)];

            float[] x = Numbers.Integers(standard.InputCount, size.Seed + 2);
            float[] separable = Run(set, pointwise, mixing, Run(set, depthwise, spatial, x));
            Assert.Equal(Run(set, standard, product, x), separable);
        },
        iter: Cases);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_grouped_convolution_is_the_standard_one_with_a_block_diagonal_kernel(
        KernelSet set) => Sizes.Sample(
        size =>
        {
            const int Groups = 3;
            ReferenceConvolution grouped = new()
            {
                InputChannels = Groups * size.Inputs,
                OutputChannels = Groups * size.Outputs,
                Groups = Groups,
                Input = (size.Height, size.Width),
                Kernel = (1, 2),
                PadEnd = (0, 1),
            };
            ReferenceConvolution standard = grouped with { Groups = 1 };
            float[] blocks = Numbers.Integers(grouped.WeightCount, size.Seed);
            float[] diagonal = new float[standard.WeightCount];
            int blockRow = size.Inputs * 2;
            for (int channel = 0; channel < grouped.OutputChannels; channel++)
            {
                int start = (channel * Groups * blockRow) + (channel / size.Outputs * blockRow);
                blocks.AsSpan(channel * blockRow, blockRow).CopyTo(diagonal.AsSpan(start));
            }

            float[] x = Numbers.Integers(grouped.InputCount, size.Seed + 1);
            Assert.Equal(Run(set, standard, diagonal, x), Run(set, grouped, blocks, x));
        },
        iter: Cases);

    [Fact]
    public void A_3x3_layer_from_192_to_384_channels_costs_11_37_percent_of_the_standard_one()
    {
        ConvolutionShape standard = LayerHarness.ShapeOf(new()
        {
            InputChannels = 192,
            OutputChannels = 384,
            Input = (9, 9),
            Kernel = (3, 3),
        });
        ConvolutionShape depthwise = standard with { OutputChannels = 192, Groups = 192 };
        ConvolutionShape pointwise =
            standard with { KernelHeight = 1, KernelWidth = 1, InputHeight = 7, InputWidth = 7 };
        double share = (double)(Cost(depthwise) + Cost(pointwise)) / Cost(standard);
        Assert.Equal((1.0 / 384) + (1.0 / 9), share, 1e-12);
        Assert.Equal(0.1137, share, 5e-5);
    }

    private static long Cost(ConvolutionShape shape)
    {
        using ConvolutionLayer layer =
            ConvolutionLayer.Create(shape, new float[shape.OutputChannels * shape.WeightsPerOutput], []);
        return layer.MultiplyAdds;
    }

    private static float[] Run(KernelSet set, ReferenceConvolution reference, float[] weights, float[] x)
    {
        using LayerHarness harness = new();
        using ConvolutionLayer layer = ConvolutionLayer.Create(
            LayerHarness.ShapeOf(reference), weights, [], set);
        return harness.Run(layer, x, Activation.None).ToArray();
    }

    private static float[] Permute(float[] planes, int[] order)
    {
        float[] permuted = new float[planes.Length];
        for (int i = 0; i < planes.Length; i++)
            permuted[i] = planes[(i / order.Length * order.Length) + order[i % order.Length]];
        return permuted;
    }

    private static void RequireClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
