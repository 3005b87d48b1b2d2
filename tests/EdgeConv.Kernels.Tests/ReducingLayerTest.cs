using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Statistics;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

/// <summary>
/// Layers and chains that reduce their outputs: the outputs stay what they are, bit for bit, and the statistics
/// are those of the outputs made as a whole.
/// </summary>
public sealed unsafe class ReducingLayerTest : IDisposable
{
    private static readonly OutputStatistics[] Wanted =
    [
        new(Statistic.None, Statistic.Mean),
        new(Statistic.MeanAndVariance, Statistic.None),
        new(Statistic.MeanAndVariance, Statistic.MeanAndVariance),
    ];

    private readonly GuardedMemory _output = new(1 << 22);
    private readonly GuardedMemory _scratch = new(1 << 23);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Layers_of_every_kind_and_size_reduce_what_they_make(KernelSet set)
    {
        foreach (int size in Grid.Sparse(Grid.Sizes(13), 2).Append(33))
        {
            foreach (int channels in (int[])[1, 8, 19, 48])
            {
                ConvolutionShape pointwise = Shape(size, 3, channels, kernel: 1);
                ConvolutionShape depthwise = Shape(size, channels, channels, kernel: 3) with { Groups = channels };
                ConvolutionShape standard = Shape(size, 2, channels, kernel: 3);
                foreach (ConvolutionShape shape in (ConvolutionShape[])[pointwise, depthwise, standard])
                    RequireLayer(set, shape, Activation.Relu6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Maps_of_many_bands_and_few_pixels_of_many_channels_are_reduced_too(KernelSet set)
    {
        RequireLayer(set, Shape(100, 3, 40, kernel: 1), Activation.HardSwish);
        RequireLayer(set, Shape(90, 24, 24, kernel: 3) with { Groups = 24 }, Activation.Relu);
        RequireLayer(set, Shape(7, 5, 1280, kernel: 1), Activation.None);
        RequireLayer(set, Shape(7, 584, 584, kernel: 3) with { Groups = 584 }, Activation.Relu6);
        RequireLayer(set, Shape(8, 1350, 1350, kernel: 5, stride: 2) with { Groups = 1350 }, Activation.HardSwish);
        RequireLayer(set, Shape(15, 5, 300, kernel: 1), Activation.Relu6);
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Chains_count_the_rows_that_two_shares_compute_once(KernelSet set)
    {
        foreach (int size in Grid.Sparse(Grid.Sizes(20), 3).Append(59))
        {
            foreach ((int kernel, int stride) in ((int, int)[])[(3, 1), (3, 2), (5, 2)])
            {
                ConvolutionShape expand = Shape(size, 5, 19, kernel: 1);
                ConvolutionShape filter = Shape(size, 19, 19, kernel, stride) with { Groups = 19 };
                ConvolutionShape project = Shape(filter.OutputHeight, 19, 6, kernel: 1);
                if (ConvolutionChain.ReadsAllRows(filter))
                    RequireChain(ChainHarness.Links(set, expand, filter, project));
            }
        }
    }

    [Fact]
    public void Rows_that_no_layer_reads_have_no_statistics()
    {
        ConvolutionShape made = Shape(9, 4, 4, kernel: 1);
        ConvolutionShape skips = Shape(9, 4, 4, kernel: 1, stride: 2);
        Assert.False(ConvolutionChain.ReadsAllRows(skips));
        ChainLink[] links = ChainHarness.Links(KernelSet.Scalar, made, skips);
        links[0] = links[0] with { Statistics = new(Statistic.None, Statistic.Mean) };
        Assert.Throws<ArgumentException>(() => new ConvolutionChain(links));
        Array.ForEach(links, link => link.Layer.Dispose());
    }

    public void Dispose()
    {
        _output.Dispose();
        _scratch.Dispose();
    }

    private static ConvolutionShape Shape(int size, int inputs, int outputs, int kernel, int stride = 1)
    {
        int pad = kernel / 2, made = ((size + (2 * pad) - kernel) / stride) + 1;
        return new ConvolutionShape
        {
            InputChannels = inputs,
            OutputChannels = outputs,
            InputHeight = size,
            InputWidth = size,
            OutputHeight = made,
            OutputWidth = made,
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideY = stride,
            StrideX = stride,
            PadTop = pad,
            PadLeft = pad,
        };
    }

    private void RequireLayer(KernelSet set, ConvolutionShape shape, Activation activation)
    {
        using ConvolutionLayer layer = ConvolutionLayer.Create(
            shape,
            Numbers.Integers(shape.OutputChannels * shape.WeightsPerOutput, 1),
            Numbers.Integers(shape.OutputChannels, 2),
            set);
        float[] x = Numbers.Integers(shape.InputChannels * (int)shape.InputPixels, 3);
        float[] before = Whole(layer, x, Activation.None), after = Whole(layer, x, activation);
        foreach (OutputStatistics wanted in Wanted)
        {
            foreach (int shares in (int[])[1, 2, 3])
            {
                string where = $"{layer.KernelName} {shape} {activation} {wanted} {shares}";
                (float[] made, float[][] statistics) = Reduced(new(layer, wanted, set), layer, x, activation, shares);
                Assert.True(made.AsSpan().SequenceEqual(after), where);
                RequireStatistics(before, wanted.Before, statistics[0], where);
                bool isMean = wanted.After == Statistic.Mean;
                RequireStatistics(
                    after, wanted.After, isMean ? statistics[1][..shape.OutputChannels] : statistics[1], where);
            }
        }
    }

    private static void RequireStatistics(float[] values, Statistic kind, float[] actual, string where)
    {
        int channels = kind == Statistic.MeanAndVariance ? actual.Length / 2 : actual.Length;
        for (int channel = 0; kind != Statistic.None && channel < channels; channel++)
        {
            (double mean, double variance, double most) = Numbers.MomentsOf(values, channel, channels);
            Assert.True(Math.Abs(mean - actual[channel]) <= 1e-6 * (1 + most), $"mean {channel} {where}");
            if (kind == Statistic.MeanAndVariance)
            {
                double error = Math.Abs(variance - actual[channels + channel]);
                Assert.True(error <= (3e-6 * variance) + 1e-12, $"variance {channel} {where}");
            }
        }
    }

    private float[] Whole(ConvolutionLayer layer, float[] x, Activation activation)
    {
        float[] y = new float[layer.Shape.OutputChannels * layer.Shape.OutputPixels];
        fixed (float* input = x, output = y)
            layer.Run(Arguments(layer, input, output, _scratch.AtEnd<byte>((int)layer.ScratchBytes), activation));
        return y;
    }

    private (float[] Output, float[][] Statistics) Reduced(
        ReducingLayer reducing, ConvolutionLayer layer, float[] x, Activation activation, int shares)
    {
        int outputs = layer.Shape.OutputChannels * (int)layer.Shape.OutputPixels;
        int sumsBytes = (int)reducing.SumsBytes, layerBytes = ((int)layer.ScratchBytes + 63) / 64 * 64;
        float* output = _output.AtEnd<float>(outputs);
        byte* scratch = _scratch.AtEnd<byte>((shares * sumsBytes) + layerBytes);
        byte* sums = scratch + layerBytes;
        new Span<byte>(scratch, (shares * sumsBytes) + layerBytes).Fill(0xff);
        float[][] statistics = [new float[2 * layer.Shape.OutputChannels], new float[2 * layer.Shape.OutputChannels]];
        fixed (float* input = x, before = statistics[0], after = statistics[1])
        {
            for (int share = shares - 1; share >= 0; share--)
            {
                reducing.Run(
                    Arguments(layer, input, output, scratch, activation) with { Share = share, Shares = shares },
                    sums + (share * sumsBytes));
            }

            reducing.Reduce(sums, sumsBytes, shares, before, after);
        }

        return (new ReadOnlySpan<float>(output, outputs).ToArray(), statistics);
    }

    private static ConvolutionArguments Arguments(
        ConvolutionLayer layer, float* input, float* output, byte* scratch, Activation activation) => new()
    {
        Input = input,
        InputStride = layer.Shape.InputChannels,
        Output = output,
        OutputStride = layer.Shape.OutputChannels,
        Scratch = scratch,
        Activation = activation,
        RowEnd = layer.Shape.OutputHeight,
    };

    private void RequireChain(ChainLink[] links)
    {
        float[] x = Numbers.Integers(links[0].Layer.Shape.InputChannels * (int)links[0].Layer.Shape.InputPixels, 5);
        float[][] before = new float[links.Length][], after = new float[links.Length][];
        for (int i = 0; i < links.Length; i++)
        {
            before[i] = Whole(links[i].Layer, i == 0 ? x : after[i - 1], Activation.None);
            after[i] = Whole(links[i].Layer, i == 0 ? x : after[i - 1], links[i].Activation);
        }

        foreach (OutputStatistics wanted in Wanted)
        {
            ConvolutionChain chain = new([.. links.Select(link => link with { Statistics = wanted })]);
            foreach (int shares in (int[])[1, 2, 3, 7])
                RequireChain(chain, x, (before, after), wanted, shares);
        }

        Array.ForEach(links, link => link.Layer.Dispose());
    }

    private void RequireChain(
        ConvolutionChain chain, float[] x, (float[][] Before, float[][] After) expected, OutputStatistics wanted,
        int shares)
    {
        int outputs = expected.After[^1].Length, step = ((int)chain.ScratchBytes + 63) / 64 * 64;
        float* output = _output.AtEnd<float>(outputs);
        byte* scratch = _scratch.AtEnd<byte>(shares * step);
        new Span<byte>(scratch, shares * step).Fill(0xff);
        fixed (float* input = x)
        {
            for (int share = 0; share < shares; share++)
            {
                chain.Run(new ChainArguments
                {
                    Input = input,
                    Output = output,
                    Scratch = scratch + (share * step),
                    Share = share,
                    Shares = shares,
                });
            }
        }

        string where = $"{shares} shares of {chain.First} ... {chain.Last} {wanted}";
        Assert.True(new ReadOnlySpan<float>(output, outputs).SequenceEqual(expected.After[^1]), where);
        for (int i = 0; i < chain.Links.Count; i++)
        {
            int channels = chain.Links[i].Layer.Shape.OutputChannels;
            float[] before = new float[2 * channels];
            float[] after = new float[wanted.After == Statistic.Mean ? channels : 2 * channels];
            fixed (float* b = before, a = after)
                chain.Reduce(i, scratch, step, shares, b, a);
            RequireStatistics(expected.Before[i], wanted.Before, before, $"before, link {i}, {where}");
            RequireStatistics(expected.After[i], wanted.After, after, $"after, link {i}, {where}");
        }
    }
}
