using EdgeConv.Core;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests;

/// <summary>Convolutions of bytes are those of the floats that the bytes become, zeros around them.</summary>
public sealed unsafe class PixelLayerTest : IDisposable
{
    private static readonly PixelInput Whole = new() { Mean = [4, 3, 5], Scale = [1, 2, -1] };

    private static readonly PixelInput Usual = new()
    {
        Mean = [123.675f, 116.28f, 103.53f],
        Scale = [1 / 58.395f, 1 / 57.12f, 1 / 57.375f],
    };

    private readonly GuardedMemory _input = new(1 << 20);
    private readonly GuardedMemory _output = new(1 << 22);
    private readonly GuardedMemory _scratch = new(1 << 22);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void First_convolutions_match_the_reference_at_every_small_width(KernelSet set)
    {
        foreach (int width in Grid.Sizes(80))
        {
            foreach ((int stride, int pad) in ((int, int)[])[(1, 0), (1, 1), (2, 0), (2, 1)])
            {
                RequireExact(set, Whole, new ReferenceConvolution
                {
                    InputChannels = 3,
                    OutputChannels = 8 + (width % 3 * 4),
                    Input = (6, width),
                    Kernel = (3, 3),
                    Stride = (stride, stride),
                    PadBegin = (pad, pad),
                    PadEnd = (pad, pad),
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Any_parameters_match_the_reference(KernelSet set)
    {
        Random random = new(20);
        foreach (int seed in Grid.Sparse(Enumerable.Range(0, 2000), 40))
        {
            int channels = random.Next(2) == 0 ? 1 : 3, groups = random.Next(3) == 0 ? channels : 1;
            PixelInput input = channels == 1 ? new PixelInput { Mean = [4] } : Whole;
            ReferenceConvolution reference = new()
            {
                InputChannels = channels,
                OutputChannels = groups * random.Next(1, 20),
                Groups = groups,
                Input = (random.Next(1, 40), random.Next(1, 60)),
                Kernel = (random.Next(1, 6), random.Next(1, 8)),
                Stride = (random.Next(1, 5), random.Next(1, 5)),
                Dilation = (random.Next(1, 4), random.Next(1, 3)),
                PadBegin = (random.Next(0, 5), random.Next(0, 9)),
                PadEnd = (random.Next(0, 5), random.Next(0, 9)),
            };
            RequireExact(set, input with { IsReversed = random.Next(2) == 0 }, reference, 1 + (seed % 3));
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Pictures_of_many_bands_give_what_normalised_floats_give_bit_for_bit(KernelSet set)
    {
        foreach ((int kernel, int stride) in ((int, int)[])[(3, 2), (3, 1), (5, 2), (7, 2), (4, 4)])
        {
            foreach (bool isPlanar in (bool[])[true, false])
            {
                ReferenceConvolution reference = new()
                {
                    InputChannels = 3,
                    OutputChannels = 24,
                    Input = (131, 173),
                    Kernel = (kernel, kernel),
                    Stride = (stride, stride),
                    PadBegin = (kernel / 2, kernel / 2),
                    PadEnd = (kernel / 2, kernel / 2),
                };
                byte[] pixels = Bytes(reference, 256);
                float[] weights = Numbers.Reals(reference.WeightCount, 2), bias = Numbers.Reals(24, 3);
                ConvolutionShape shape = LayerHarness.ShapeOf(reference) with { IsInputPlanar = isPlanar };
                float[] x = Floats(pixels, Usual, isPlanar ? reference.Input : null);
                using ConvolutionLayer unpadded = ConvolutionLayer.Create(shape, weights, bias, set);
                float[] expected = RunFloats(unpadded, x);
                if (isPlanar)
                    expected = RunPadded(reference, x, weights, bias, set, expected);
                using ConvolutionLayer layer = ConvolutionLayer.Create(shape with { Pixels = Usual }, weights, bias, set);
                foreach (int shares in (int[])[1, 3])
                    Assert.True(expected.AsSpan().SequenceEqual(Run(layer, pixels, shares)), $"{layer.KernelName} {shares}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_chain_that_starts_with_bytes_gives_what_its_layers_give(KernelSet set)
    {
        foreach (int width in Grid.Sparse(Enumerable.Range(3, 60), 10))
        {
            int half = ((width - 1) / 2) + 1;
            ConvolutionShape first = LayerHarness.ShapeOf(new()
            {
                InputChannels = 3,
                OutputChannels = 16,
                Input = (41, width),
                Kernel = (3, 3),
                Stride = (2, 2),
                PadBegin = (1, 1),
                PadEnd = (1, 1),
            }) with { IsInputPlanar = true, Pixels = Whole };
            ConvolutionShape filter = LayerHarness.ShapeOf(new()
            {
                InputChannels = 16,
                OutputChannels = 16,
                Groups = 16,
                Input = (21, half),
                Kernel = (3, 3),
                PadBegin = (1, 1),
                PadEnd = (1, 1),
            });
            ChainLink[] links = ChainHarness.Links(set, first, filter);
            Random random = new(width);
            byte[] pixels = [.. Enumerable.Range(0, 41 * width * 3).Select(_ => (byte)random.Next(9))];
            float[] between = Run(links[0].Layer, pixels, 1, links[0].Activation);
            float[] expected = RunFloats(links[1].Layer, between);
            foreach (int shares in (int[])[1, 2, 3])
                Assert.Equal(expected, RunChain(new ConvolutionChain(links), pixels, shares));
            Array.ForEach(links, link => link.Layer.Dispose());
        }
    }

    [Fact]
    public void The_window_of_floats_is_a_small_part_of_the_picture()
    {
        ConvolutionShape shape = LayerHarness.ShapeOf(new()
        {
            InputChannels = 3,
            OutputChannels = 32,
            Input = (224, 224),
            Kernel = (3, 3),
            Stride = (2, 2),
            PadBegin = (1, 1),
            PadEnd = (1, 1),
        }) with { IsInputPlanar = true };
        using ConvolutionLayer floats = ConvolutionLayer.Create(shape, new float[32 * 27], []);
        using ConvolutionLayer bytes = ConvolutionLayer.Create(shape with { Pixels = Usual }, new float[32 * 27], []);
        Assert.InRange(bytes.ScratchBytes - floats.ScratchBytes, 3 * 225 * 3 * sizeof(float), 16 * 1024);
    }

    [Fact]
    public void What_is_no_picture_is_refused()
    {
        ConvolutionShape shape = LayerHarness.ShapeOf(
            new() { InputChannels = 4, OutputChannels = 4, Input = (4, 4) });
        Assert.Throws<ArgumentException>(
            () => ConvolutionLayer.Create(shape with { Pixels = new PixelInput() }, new float[16], []));
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }

    private void RequireExact(KernelSet set, PixelInput input, ReferenceConvolution reference, int shares = 1)
    {
        if (reference.Output is not { Y: > 0, X: > 0 })
            return;
        byte[] pixels = Bytes(reference, 9);
        float[] weights = Numbers.Integers(reference.WeightCount, 1), bias = Numbers.Integers(reference.OutputChannels, 7);
        float[] expected = reference.Run(Floats(pixels, input, reference.Input), weights, bias);
        foreach (bool isPlanar in reference.Groups == 1 ? (bool[])[false, true] : [false])
        {
            ConvolutionShape shape = LayerHarness.ShapeOf(reference) with { IsInputPlanar = isPlanar, Pixels = input };
            using ConvolutionLayer layer = ConvolutionLayer.Create(shape, weights, bias, set);
            float[] actual = Run(layer, pixels, shares);
            for (int i = 0; i < expected.Length; i++)
            {
                int channel = i / shape.OutputPixels, pixel = i % shape.OutputPixels;
                if (expected[i] != actual[(pixel * shape.OutputChannels) + channel])
                    Assert.Fail($"{layer.KernelName}: channel {channel}, pixel {pixel} of {reference}, {input}");
            }
        }
    }

    // Planes with zeros around them: layers add in another order where they leave such zeros out.
    private float[] RunPadded(
        ReferenceConvolution reference, float[] x, float[] weights, float[] bias, KernelSet set, float[] close)
    {
        (int height, int width) = reference.Input;
        int pad = reference.PadBegin.Y, paddedHeight = height + (2 * pad), paddedWidth = width + (2 * pad);
        float[] padded = new float[reference.InputChannels * paddedHeight * paddedWidth];
        for (int i = 0; i < x.Length; i++)
        {
            int row = (i / (height * width) * paddedHeight) + (i / width % height) + pad;
            padded[(row * paddedWidth) + (i % width) + pad] = x[i];
        }

        ConvolutionShape shape = LayerHarness.ShapeOf(
            reference with { Input = (paddedHeight, paddedWidth), PadBegin = (0, 0), PadEnd = (0, 0) });
        using ConvolutionLayer layer =
            ConvolutionLayer.Create(shape with { IsInputPlanar = true }, weights, bias, set);
        float[] result = RunFloats(layer, padded);
        for (int i = 0; i < close.Length; i++)
            Assert.Equal(close[i], result[i], 2e-5f);
        return result;
    }

    private static byte[] Bytes(ReferenceConvolution reference, int end)
    {
        Random random = new(reference.InputCount);
        return [.. Enumerable.Range(0, reference.InputCount).Select(_ => (byte)random.Next(end))];
    }

    // Planes of the size given, or pixels side by side.
    private static float[] Floats(byte[] pixels, PixelInput input, (int Y, int X)? planes)
    {
        int channels = planes is { } extent ? pixels.Length / (extent.Y * extent.X) : 3;
        float[] floats = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            int pixel = i / channels, c = input.IsReversed ? channels - 1 - (i % channels) : i % channels;
            float mean = input.Mean[input.Mean.Count == 1 ? 0 : c], scale = input.Scale[input.Scale.Count == 1 ? 0 : c];
            int at = planes is { } size ? (c * size.Y * size.X) + pixel : (pixel * channels) + c;
            floats[at] = (pixels[i] - mean) * scale;
        }

        return floats;
    }

    private float[] RunFloats(ConvolutionLayer layer, float[] x)
    {
        fixed (float* input = x)
            return Run(layer, new ConvolutionArguments { Input = input, InputStride = 0, OutputStride = 0, RowEnd = 0 }, 1);
    }

    private float[] Run(ConvolutionLayer layer, byte[] pixels, int shares, Activation activation = default) =>
        Run(layer, new ConvolutionArguments
        {
            Pixels = shares % 2 == 0 ? _input.AtStart<byte>(pixels) : _input.AtEnd<byte>(pixels),
            InputStride = 0,
            OutputStride = 0,
            RowEnd = 0,
            Activation = activation,
        }, shares);

    private float[] Run(ConvolutionLayer layer, in ConvolutionArguments arguments, int shares)
    {
        ConvolutionShape shape = layer.Shape;
        int outputs = shape.OutputPixels * shape.OutputChannels, bytes = (int)layer.ScratchBytes;
        float* output = _output.AtEnd<float>(outputs);
        new Span<float>(output, outputs).Fill(float.NaN);
        byte* scratch = _scratch.AtEnd<byte>(bytes);
        for (int share = 0; share < shares; share++)
        {
            new Span<byte>(scratch, bytes).Fill(0xff);
            layer.Run(arguments with
            {
                InputStride = shape.InputChannels,
                Output = output,
                OutputStride = shape.OutputChannels,
                Scratch = scratch,
                RowEnd = shape.OutputHeight,
                Share = share,
                Shares = shares,
            });
        }

        return new ReadOnlySpan<float>(output, outputs).ToArray();
    }

    private float[] RunChain(ConvolutionChain chain, byte[] pixels, int shares)
    {
        int outputs = chain.Last.OutputPixels * chain.Last.OutputChannels, bytes = (int)chain.ScratchBytes;
        float* output = _output.AtEnd<float>(outputs);
        byte* scratch = _scratch.AtEnd<byte>(bytes);
        for (int share = 0; share < shares; share++)
        {
            new Span<byte>(scratch, bytes).Fill(0xff);
            chain.Run(new ChainArguments
            {
                Input = null,
                Pixels = _input.AtEnd<byte>(pixels),
                Output = output,
                Scratch = scratch,
                Share = share,
                Shares = shares,
            });
        }

        return new ReadOnlySpan<float>(output, outputs).ToArray();
    }
}
