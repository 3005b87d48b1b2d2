using System.Runtime.Intrinsics;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Depthwise;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests;

/// <summary>
/// 3x3 kernels whose nine weights stay in registers, on every instruction set of this machine, those included
/// whose registers are too few for the kernel table to choose them.
/// </summary>
public sealed class DepthwiseNineTest : IDisposable
{
    private readonly LayerHarness _harness = new();

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_small_size_and_padding_matches_the_reference(KernelSet set)
    {
        foreach (int height in Grid.Sizes(9))
        {
            foreach (int width in Grid.Sizes(24))
            {
                foreach ((int Y, int X) begin in ((int, int)[])[(0, 0), (1, 1), (0, 1), (1, 0)])
                {
                    foreach ((int Y, int X) end in ((int, int)[])[(0, 0), (1, 1)])
                    {
                        ReferenceConvolution layer =
                            Layer(Vectors(set), (height, width)) with { PadBegin = begin, PadEnd = end };
                        Require(set, layer);
                        Require(set, layer with { Stride = (2, 2) });
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Any_number_of_whole_vectors_of_channels_matches_the_reference(KernelSet set)
    {
        for (int channels = Vectors(set); channels <= 5 * Vectors(set); channels += Vectors(set))
        {
            for (int shares = 1; shares <= 3; shares++)
            {
                Require(set, Layer(channels, (8, 15)), shares);
                Require(set, Layer(channels, (8, 15)) with { Stride = (2, 2) }, shares);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Every_activation_follows_and_NaN_stays_NaN(KernelSet set)
    {
        foreach (int stride in (int[])[1, 2])
            RequireActivations(set, Layer(Vectors(set), (4, 11)) with { Stride = (stride, stride) });
    }

    [Fact]
    public void The_table_chooses_them_where_there_are_32_registers()
    {
        foreach (KernelSet set in KernelTable.SupportedSets)
        {
            ReferenceConvolution reference = Layer(Vectors(set), (7, 7));
            using ConvolutionLayer layer = ConvolutionLayer.Create(
                LayerHarness.ShapeOf(reference), new float[reference.WeightCount], [], set);
            bool hasRegisters = set is KernelSet.Neon or KernelSet.Avx512;
            Assert.Equal(hasRegisters, layer.KernelName == $"F32Depthwise3x3{set}");
        }
    }

    public void Dispose() => _harness.Dispose();

    private void RequireActivations(KernelSet set, ReferenceConvolution reference)
    {
        float[] x = Numbers.Integers(reference.InputCount, 1);
        float[] weights = Numbers.Integers(reference.WeightCount, 2);
        x[0] = float.NaN;
        float[] expected = reference.Run(x, weights, []);
        using ConvolutionLayer layer = Make(set, LayerHarness.ShapeOf(reference), weights, []);
        Activation[] activations = [Activation.None, Activation.Relu, Activation.Relu6, Activation.HardSwish];
        foreach (Activation activation in activations)
        {
            ReadOnlySpan<float> actual = _harness.Run(layer, x, activation);
            for (int i = 0; i < expected.Length; i++)
            {
                double right = Numbers.Activate(activation, expected[i]);
                Assert.Equal(float.IsNaN(expected[i]), float.IsNaN(actual[i]));
                if (!float.IsNaN(expected[i]))
                    Assert.Equal(right, actual[i], 1e-6 * (1 + Math.Abs(right)));
            }
        }
    }

    // Channels that fill one vector or two.
    private static int Vectors(KernelSet set) => set == KernelSet.Avx512 ? 16 : 8;

    private static ReferenceConvolution Layer(int channels, (int Y, int X) input) => new()
    {
        InputChannels = channels,
        OutputChannels = channels,
        Groups = channels,
        Input = input,
        Kernel = (3, 3),
        PadBegin = (1, 1),
        PadEnd = (1, 1),
    };

    private void Require(KernelSet set, ReferenceConvolution reference, int shares = 1)
    {
        if (reference.Output is { Y: > 0, X: > 0 })
        {
            _harness.RequireExact(
                reference, (shape, weights, bias) => Make(set, shape, weights, bias), shares);
        }
    }

    private static ConvolutionLayer Make(
        KernelSet set, ConvolutionShape shape, float[] weights, float[] bias) => set switch
        {
            KernelSet.Neon => Make<NeonLanes, Vector128<float>>(shape, weights, bias),
            KernelSet.Avx512 => Make<Avx512Lanes, Vector512<float>>(shape, weights, bias),
            KernelSet.Scalar => Make<ScalarLanes, float>(shape, weights, bias),
            _ => Make<Avx2Lanes, Vector256<float>>(shape, weights, bias),
        };

    private static F32Depthwise<TLanes, TVector> Make<TLanes, TVector>(
        ConvolutionShape shape, float[] weights, float[] bias)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct =>
        new(new F32Elementwise<TLanes, TVector>(), shape, weights, bias, holdsNine: true);
}
