using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Tests.Support;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed class ConvolutionChainTest : IDisposable
{
    private readonly ChainHarness _harness = new();

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Inverted_residual_blocks_match_their_layers_at_every_small_size(KernelSet set)
    {
        foreach (int height in Grid.Sizes(26))
        {
            foreach (int width in Grid.Sparse(Grid.Sizes(26), 3))
            {
                foreach ((int kernel, int stride) in ((int, int)[])[(3, 1), (3, 2), (5, 1), (5, 2), (2, 3)])
                    RequireBlock(set, (height, width), kernel, stride);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Maps_of_many_bands_match_their_layers(KernelSet set)
    {
        foreach ((int kernel, int stride) in ((int, int)[])[(3, 1), (3, 2), (5, 2), (7, 1), (1, 2)])
            RequireBlock(set, (111, 57), kernel, stride, expanded: 40);
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Any_chain_matches_its_layers(KernelSet set)
    {
        for (int seed = 0; seed < 300; seed++)
            RequireRandom(set, new Random(seed));
    }

    [Fact]
    public void A_layer_that_reads_something_else_is_refused()
    {
        ChainLink[] links = ChainHarness.Links(
            KernelSet.Scalar, Pointwise((4, 4), 3, 8), Pointwise((4, 4), 9, 2));
        Assert.Throws<ArgumentException>(() => new ConvolutionChain(links));
        Assert.Throws<ArgumentException>(() => new ConvolutionChain(links[..1]));
    }

    [Fact]
    public void Rows_of_the_expanded_image_are_few()
    {
        ConvolutionShape expand = Pointwise((112, 112), 16, 96);
        ConvolutionShape filter = Window(expand, 96, kernel: 3, stride: 2, dilation: 1, pad: 1, groups: 96);
        ConvolutionShape project = Pointwise((56, 56), 96, 24);
        ConvolutionChain chain = new(ChainHarness.Links(KernelSet.Scalar, expand, filter, project));
        long expandedRow = 112 * 96 * sizeof(float);
        Assert.InRange(chain.ScratchBytes, 3 * expandedRow, 7 * expandedRow);
    }

    public void Dispose() => _harness.Dispose();

    private void RequireBlock(
        KernelSet set, (int Y, int X) input, int kernel, int stride, int expanded = 19)
    {
        ConvolutionShape expand = Pointwise(input, 5, expanded);
        int pad = kernel / 2;
        if (Math.Min(input.Y, input.X) + (2 * pad) < kernel)
            return;
        ConvolutionShape filter = Window(expand, expanded, kernel, stride, dilation: 1, pad, expanded);
        ConvolutionShape project = Pointwise((filter.OutputHeight, filter.OutputWidth), expanded, 5);
        ChainLink[] links = ChainHarness.Links(set, expand, filter, project);
        foreach (int shares in (int[])[1, 2, 3])
            _harness.RequireSame(links, shares, hasResidual: shares != 2);
        Dispose(links);
    }

    // Two to five convolutions of all kinds, padded beyond their kernels too.
    private void RequireRandom(KernelSet set, Random random)
    {
        List<ConvolutionShape> shapes = [Pointwise((random.Next(1, 30), random.Next(1, 30)), 3, random.Next(1, 20))];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            ConvolutionShape before = shapes[^1];
            int channels = before.OutputChannels, pad = random.Next(0, 4);
            bool isDepthwise = random.Next(2) == 0;
            ConvolutionShape next = Window(
                before,
                isDepthwise ? channels : random.Next(1, 20),
                random.Next(1, 5),
                random.Next(1, 4),
                random.Next(1, 3),
                pad,
                isDepthwise ? channels : 1);
            if (next.OutputHeight < 1 || next.OutputWidth < 1)
                break;
            shapes.Add(next);
        }

        if (shapes.Count == 1)
            return;
        ChainLink[] links = ChainHarness.Links(set, [.. shapes]);
        bool takesResidual = links[^1].Layer.AcceptsResidual;
        _harness.RequireSame(links, random.Next(1, 6), takesResidual && random.Next(2) == 0);
        Dispose(links);
    }

    private static ConvolutionShape Pointwise((int Y, int X) input, int inputs, int outputs) => new()
    {
        InputChannels = inputs,
        OutputChannels = outputs,
        InputHeight = input.Y,
        InputWidth = input.X,
        OutputHeight = input.Y,
        OutputWidth = input.X,
    };

    private static ConvolutionShape Window(
        ConvolutionShape before, int outputs, int kernel, int stride, int dilation, int pad, int groups)
    {
        int reach = ((kernel - 1) * dilation) + 1;
        return new ConvolutionShape
        {
            InputChannels = before.OutputChannels,
            OutputChannels = outputs,
            Groups = groups,
            InputHeight = before.OutputHeight,
            InputWidth = before.OutputWidth,
            OutputHeight = Outputs(before.OutputHeight),
            OutputWidth = Outputs(before.OutputWidth),
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideY = stride,
            StrideX = stride,
            DilationY = dilation,
            DilationX = dilation,
            PadTop = pad,
            PadLeft = pad,
        };

        int Outputs(int inputs) =>
            inputs + (2 * pad) < reach ? 0 : ((inputs + (2 * pad) - reach) / stride) + 1;
    }

    private static void Dispose(ChainLink[] links)
    {
        foreach (ChainLink link in links)
            link.Layer.Dispose();
    }
}
