using EdgeConv.Kernels.Convolution;
using EdgeConv.Testing;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests.Support;

/// <summary>
/// Runs a layer on buffers between guard pages and holds it to the reference. Data go in and out as planes;
/// the layer sees them with channels last, once dense and once with some floats between the pixels, and those
/// of one group as planes too.
/// </summary>
internal sealed unsafe class LayerHarness : IDisposable
{
    private const float Untouched = 12345.5f;
    private const int InputGap = 1;
    private const int OutputGap = 3;

    private readonly GuardedMemory _input = new(1 << 20);
    private readonly GuardedMemory _output = new(1 << 20);
    private readonly GuardedMemory _scratch = new(1 << 20);

    public static ConvolutionShape ShapeOf(ReferenceConvolution reference) => new()
    {
        InputChannels = reference.InputChannels,
        OutputChannels = reference.OutputChannels,
        Groups = reference.Groups,
        InputHeight = reference.Input.Y,
        InputWidth = reference.Input.X,
        OutputHeight = reference.Output.Y,
        OutputWidth = reference.Output.X,
        KernelHeight = reference.Kernel.Y,
        KernelWidth = reference.Kernel.X,
        StrideY = reference.Stride.Y,
        StrideX = reference.Stride.X,
        DilationY = reference.Dilation.Y,
        DilationX = reference.Dilation.X,
        PadTop = reference.PadBegin.Y,
        PadLeft = reference.PadBegin.X,
    };

    /// <summary>Integers in, so that the result is exact whatever the order of additions.</summary>
    public void RequireExact(
        ReferenceConvolution reference, KernelSet set, int shares = 1, bool atStart = false) =>
        RequireExact(
            reference, (shape, weights, bias) => ConvolutionLayer.Create(shape, weights, bias, set), shares,
            atStart);

    /// <summary>As above, for a layer that <paramref name="make"/> makes.</summary>
    public void RequireExact(
        ReferenceConvolution reference,
        Func<ConvolutionShape, float[], float[], ConvolutionLayer> make,
        int shares = 1,
        bool atStart = false)
    {
        float[] x = Numbers.Integers(reference.InputCount, reference.InputCount);
        float[] weights = Numbers.Integers(reference.WeightCount, reference.WeightCount + 1);
        float[] bias = Numbers.Integers(reference.OutputChannels, 7);
        float[] expected = reference.Run(x, weights, bias);
        foreach (bool isPlanar in reference.Groups == 1 ? (bool[])[false, true] : [false])
        {
            ConvolutionShape shape = ShapeOf(reference) with { IsInputPlanar = isPlanar };
            using ConvolutionLayer layer = make(shape, weights, bias);
            foreach (bool isDense in (bool[])[true, false])
            {
                ReadOnlySpan<float> actual = Run(layer, x, Activation.None, shares, atStart, isDense);
                if (!actual.SequenceEqual(expected))
                    Assert.Fail($"{layer.KernelName}: {FirstDifference(actual, expected)} in {reference}");
            }
        }
    }

    public ReadOnlySpan<float> Run(
        ConvolutionLayer layer,
        float[] x,
        Activation activation,
        int shares = 1,
        bool atStart = false,
        bool isDense = true)
    {
        ConvolutionShape shape = layer.Shape;
        int inputStride = shape.InputChannels + (isDense ? 0 : InputGap);
        int outputStride = shape.OutputChannels + (isDense ? 0 : OutputGap);
        float[] last = shape.IsInputPlanar ? x : ToChannelsLast(x, shape.InputChannels, inputStride);
        int outputs = ((shape.OutputPixels - 1) * outputStride) + shape.OutputChannels;
        int scratchBytes = (int)layer.ScratchBytes;
        float* input = atStart ? _input.AtStart<float>(last) : _input.AtEnd<float>(last);
        float* output = atStart ? _output.AtStart<float>(outputs) : _output.AtEnd<float>(outputs);
        byte* scratch = atStart ? _scratch.AtStart<byte>(scratchBytes) : _scratch.AtEnd<byte>(scratchBytes);
        new Span<float>(output, outputs).Fill(Untouched);
        for (int share = 0; share < shares; share++)
        {
            new Span<byte>(scratch, scratchBytes).Fill(0xff);
            layer.Run(new ConvolutionArguments
            {
                Input = input,
                InputStride = inputStride,
                Output = output,
                OutputStride = outputStride,
                Scratch = scratch,
                Activation = activation,
                RowEnd = shape.OutputHeight,
                Share = share,
                Shares = shares,
            });
        }

        return ToPlanes(new ReadOnlySpan<float>(output, outputs), shape.OutputChannels, outputStride);
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }

    private static float[] ToChannelsLast(ReadOnlySpan<float> planes, int channels, int stride)
    {
        int pixels = planes.Length / channels;
        float[] last = new float[((pixels - 1) * stride) + channels];
        Array.Fill(last, float.NaN);
        for (int i = 0; i < planes.Length; i++)
            last[(i % pixels * stride) + (i / pixels)] = planes[i];
        return last;
    }

    private static float[] ToPlanes(ReadOnlySpan<float> last, int channels, int stride)
    {
        int pixels = (last.Length - channels) / stride + 1;
        float[] planes = new float[channels * pixels];
        for (int i = 0; i < last.Length; i++)
        {
            if (i % stride < channels)
                planes[(i % stride * pixels) + (i / stride)] = last[i];
            else
                Assert.Equal(Untouched, last[i]);
        }

        return planes;
    }

    private static string FirstDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        int at = actual.CommonPrefixLength(expected);
        return $"{actual[at]} instead of {expected[at]} at {at}";
    }
}
