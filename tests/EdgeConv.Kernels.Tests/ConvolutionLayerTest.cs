using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed class ConvolutionLayerTest : IDisposable
{
    // Part of a vector, one and a part, three, and more than four of the widest.
    private static readonly int[] ChannelCounts = [1, 11, 24, 43];

    private readonly LayerHarness _harness = new();

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Depthwise_3x3_and_5x5_match_the_reference_at_every_small_size(KernelSet set)
    {
        foreach (int kernel in (int[])[3, 5])
        {
            foreach (int stride in (int[])[1, 2])
            {
                foreach (int height in Grid.Sizes(20))
                {
                    foreach (int width in Grid.Sizes(20))
                        DepthwiseWithAllPads(kernel, stride, (height, width), set);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Depthwise_signals_match_the_reference_at_every_small_length(KernelSet set)
    {
        foreach (int kernel in (int[])[3, 5, 7, 9])
        {
            foreach (int stride in (int[])[1, 2, 3])
            {
                foreach (int length in Grid.Sizes(150))
                {
                    Require(set, new ReferenceConvolution
                    {
                        InputChannels = 9,
                        OutputChannels = 9,
                        Groups = 9,
                        Input = (1, length),
                        Kernel = (1, kernel),
                        Stride = (1, stride),
                        PadBegin = (0, length % kernel),
                        PadEnd = (0, (length + stride) % kernel),
                    });
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Larger_maps_match_the_reference(KernelSet set)
    {
        foreach ((int kernel, int stride) in ((int, int)[])[(3, 1), (3, 2), (5, 1), (5, 2), (4, 3)])
        {
            Require(set, new ReferenceConvolution
            {
                InputChannels = 17,
                OutputChannels = 17,
                Groups = 17,
                Input = (37, 53),
                Kernel = (kernel, kernel),
                Stride = (stride, stride),
                PadBegin = (1, 0),
                PadEnd = (0, 2),
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void First_convolutions_match_the_reference_at_every_small_width(KernelSet set)
    {
        foreach (int width in Grid.Sizes(80))
        {
            foreach ((int stride, int pad) in ((int, int)[])[(1, 0), (1, 1), (2, 0), (2, 1)])
            {
                ReferenceConvolution reference = new()
                {
                    InputChannels = 3,
                    OutputChannels = 8 + (width % 3 * 4),
                    Input = (5, width),
                    Kernel = (3, 3),
                    Stride = (stride, stride),
                    PadBegin = (pad, pad),
                    PadEnd = (pad, pad),
                };
                if (reference.Output is not { Y: > 0, X: > 0 })
                    continue;
                _harness.RequireExact(reference, set, shares: 1, atStart: false);
                _harness.RequireExact(reference, set, shares: 1, atStart: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Any_parameters_match_the_reference(KernelSet set)
    {
        Random random = new(20);
        foreach (int seed in Grid.Sparse(Enumerable.Range(0, 4000), 40))
        {
            ReferenceConvolution reference = RandomConvolution(random);
            if (reference.Output is { Y: > 0, X: > 0 })
                _harness.RequireExact(reference, set, shares: 1 + (seed % 3), atStart: seed % 2 == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Activations_follow_every_kind_of_layer(KernelSet set)
    {
        ReferenceConvolution[] layers =
        [
            new() { InputChannels = 6, OutputChannels = 5, Input = (5, 9) },
            new() { InputChannels = 6, OutputChannels = 5, Input = (1, 1) },
            new() { InputChannels = 6, OutputChannels = 6, Groups = 6, Input = (9, 11), Kernel = (3, 3) },
            new() { InputChannels = 6, OutputChannels = 6, Groups = 6, Input = (9, 33), Kernel = (5, 5) },
            new() { InputChannels = 6, OutputChannels = 4, Groups = 2, Input = (9, 11), Kernel = (3, 3) },
        ];
        foreach (ReferenceConvolution reference in layers)
        {
            float[] x = Numbers.Integers(reference.InputCount, 1);
            float[] weights = Numbers.Integers(reference.WeightCount, 2);
            float[] expected = reference.Run(x, weights, []);
            using ConvolutionLayer layer =
                ConvolutionLayer.Create(LayerHarness.ShapeOf(reference), weights, [], set);
            Activation[] activations = [Activation.Relu6, Activation.HardSwish, Activation.Silu];
            foreach (Activation activation in activations)
            {
                ReadOnlySpan<float> actual = _harness.Run(layer, x, activation);
                for (int i = 0; i < expected.Length; i++)
                {
                    double right = Numbers.Activate(activation, expected[i]);
                    Assert.Equal(right, actual[i], 1e-6 * (1 + Math.Abs(right)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Shares_compute_what_one_run_computes(KernelSet set)
    {
        ReferenceConvolution[] layers =
        [
            new() { InputChannels = 5, OutputChannels = 19, Input = (20, 20) },
            new() { InputChannels = 5, OutputChannels = 19, Input = (3, 3) },
            new() { InputChannels = 7, OutputChannels = 14, Groups = 7, Input = (9, 11), Kernel = (3, 3) },
            new() { InputChannels = 3, OutputChannels = 8, Input = (9, 11), Kernel = (3, 3) },
        ];
        foreach (ReferenceConvolution reference in layers)
        {
            for (int shares = 1; shares <= 5; shares++)
                _harness.RequireExact(reference, set, shares);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Shares_of_few_pixels_are_channels(KernelSet set)
    {
        ReferenceConvolution filter = new()
        {
            InputChannels = 1000,
            OutputChannels = 1000,
            Groups = 1000,
            Input = (7, 7),
            Kernel = (3, 3),
            PadBegin = (1, 1),
            PadEnd = (1, 1),
        };
        ReferenceConvolution wide = filter with { Kernel = (5, 5), PadBegin = (2, 2), PadEnd = (2, 2) };
        ReferenceConvolution[] layers =
        [
            filter,
            filter with { Stride = (2, 2) },
            filter with { Dilation = (2, 2) },
            wide,
            wide with { Stride = (2, 2), Input = (9, 8) },
            // The last vector is not whole.
            filter with { InputChannels = 1003, OutputChannels = 1003, Groups = 1003, Stride = (2, 2) },
        ];
        foreach (ReferenceConvolution reference in layers)
        {
            foreach (int shares in (int[])[2, 3, 5])
                _harness.RequireExact(reference, set, shares);
        }
    }

    [Fact]
    public void Each_kind_of_layer_gets_its_kernel()
    {
        ReferenceConvolution pointwise = new() { InputChannels = 4, OutputChannels = 4, Input = (4, 4) };
        Assert.Equal("F32Pointwise1x4Scalar", NameFor(pointwise));
        Assert.Equal("F32Im2col/F32Pointwise1x4Scalar", NameFor(pointwise with { Stride = (2, 2) }));
        Assert.Equal(
            "F32Im2col/F32Pointwise1x4Scalar", NameFor(pointwise with { Kernel = (3, 3), Groups = 2 }));
        Assert.Equal("F32Depthwise3Scalar", NameFor(
            pointwise with { Kernel = (3, 3), Groups = 4, PadBegin = (1, 1), PadEnd = (1, 1) }));
        Assert.Equal("F32DepthwiseTapsScalar", NameFor(pointwise with { Kernel = (1, 2), Groups = 4 }));
    }

    [Fact]
    public void What_is_no_convolution_is_refused()
    {
        ConvolutionShape shape = LayerHarness.ShapeOf(
            new() { InputChannels = 4, OutputChannels = 4, Input = (4, 4) });
        Assert.Throws<ArgumentException>(
            () => ConvolutionLayer.Create(shape with { Groups = 3 }, new float[16], []));
        Assert.Throws<ArgumentException>(
            () => ConvolutionLayer.Create(shape with { StrideX = 0 }, new float[16], []));
        Assert.Throws<ArgumentException>(() => ConvolutionLayer.Create(shape, new float[15], []));
        Assert.Throws<ArgumentException>(() => ConvolutionLayer.Create(shape, new float[16], new float[3]));
    }

    public void Dispose() => _harness.Dispose();

    private static string NameFor(ReferenceConvolution reference)
    {
        using ConvolutionLayer layer = ConvolutionLayer.Create(
            LayerHarness.ShapeOf(reference), new float[reference.WeightCount], [], KernelSet.Scalar);
        return layer.KernelName;
    }

    private static ReferenceConvolution RandomConvolution(Random random)
    {
        int groups = random.Next(1, 5);
        bool isDepthwise = random.Next(2) == 0;
        int inputs = groups * (isDepthwise ? 1 : random.Next(1, 6));
        return new ReferenceConvolution
        {
            InputChannels = inputs,
            OutputChannels = groups * random.Next(1, 7),
            Groups = groups,
            Input = (random.Next(1, 24), random.Next(1, 50)),
            Kernel = (random.Next(1, 6), random.Next(1, 8)),
            Stride = (random.Next(1, 4), random.Next(1, 5)),
            Dilation = (random.Next(1, 4), random.Next(1, 4)),
            PadBegin = (random.Next(0, 5), random.Next(0, 9)),
            PadEnd = (random.Next(0, 5), random.Next(0, 9)),
        };
    }

    private void DepthwiseWithAllPads(int kernel, int stride, (int Y, int X) input, KernelSet set)
    {
        for (int begin = 0; begin < kernel; begin++)
        {
            // Ends differ from begins and between the axes, and every pair occurs over the sizes.
            int end = (begin + input.Y + input.X) % kernel;
            int channels = ChannelCounts[(begin + input.Y + (2 * input.X)) % ChannelCounts.Length];
            Require(set, new ReferenceConvolution
            {
                InputChannels = channels,
                OutputChannels = channels,
                Groups = channels,
                Input = input,
                Kernel = (kernel, kernel),
                Stride = (stride, stride),
                PadBegin = (end, begin),
                PadEnd = (begin, end),
            });
        }
    }

    private void Require(KernelSet set, ReferenceConvolution reference)
    {
        if (reference.Output is { Y: > 0, X: > 0 })
            _harness.RequireExact(reference, set);
    }
}
