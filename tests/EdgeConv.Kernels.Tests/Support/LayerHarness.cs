using EdgeConv.Kernels.Convolution;
using EdgeConv.Testing;
using EdgeConv.Testing.Reference;
using Xunit;

namespace EdgeConv.Kernels.Tests.Support;

/// <summary>Runs a layer on buffers between guard pages and holds it to the reference.</summary>
internal sealed unsafe class LayerHarness : IDisposable
{
    private const float Untouched = 12345.5f;

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
        ReferenceConvolution reference, KernelSet set, int shares = 1, bool atStart = false)
    {
        float[] x = Numbers.Integers(reference.InputCount, reference.InputCount);
        float[] weights = Numbers.Integers(reference.WeightCount, reference.WeightCount + 1);
        float[] bias = Numbers.Integers(reference.OutputChannels, 7);
        float[] expected = reference.Run(x, weights, bias);
        using ConvolutionLayer layer = ConvolutionLayer.Create(ShapeOf(reference), weights, bias, set);
        ReadOnlySpan<float> actual = Run(layer, x, Activation.None, shares, atStart);
        if (!actual.SequenceEqual(expected))
            Assert.Fail($"{layer.KernelName}: {FirstDifference(actual, expected)} in {reference}");
    }

    public ReadOnlySpan<float> Run(
        ConvolutionLayer layer, float[] x, Activation activation, int shares = 1, bool atStart = false)
    {
        int outputs = layer.Shape.OutputChannels * layer.Shape.OutputPixels;
        int scratchBytes = (int)layer.ScratchBytes;
        float* input = atStart ? _input.AtStart<float>(x) : _input.AtEnd<float>(x);
        float* output = atStart ? _output.AtStart<float>(outputs) : _output.AtEnd<float>(outputs);
        byte* scratch = atStart ? _scratch.AtStart<byte>(scratchBytes) : _scratch.AtEnd<byte>(scratchBytes);
        new Span<float>(output, outputs).Fill(Untouched);
        for (int share = 0; share < shares; share++)
        {
            new Span<byte>(scratch, scratchBytes).Fill(0xff);
            layer.Run(new ConvolutionArguments
            {
                Input = input,
                Output = output,
                Scratch = scratch,
                Activation = activation,
                Share = share,
                Shares = shares,
            });
        }

        return new ReadOnlySpan<float>(output, outputs);
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }

    private static string FirstDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        int at = actual.CommonPrefixLength(expected);
        return $"{actual[at]} instead of {expected[at]} at {at}";
    }
}
