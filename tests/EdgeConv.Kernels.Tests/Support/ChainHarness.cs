using EdgeConv.Kernels.Convolution;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests.Support;

/// <summary>
/// Runs a chain on buffers between guard pages and holds it to its layers run one after the other on whole
/// images.
/// </summary>
internal sealed unsafe class ChainHarness : IDisposable
{
    private readonly GuardedMemory _input = new(1 << 22);
    private readonly GuardedMemory _output = new(1 << 22);
    private readonly GuardedMemory _scratch = new(1 << 22);

    /// <summary>Layers with integers for weights, so that results are exact whatever the order.</summary>
    public static ChainLink[] Links(KernelSet set, params ConvolutionShape[] shapes) =>
        [.. shapes.Select((shape, i) => new ChainLink(
            ConvolutionLayer.Create(
                shape,
                Numbers.Integers(shape.OutputChannels * shape.WeightsPerOutput, i + 1),
                Numbers.Integers(shape.OutputChannels, i + 9),
                set),
            i % 2 == 0 ? Activation.Clip(-5, 9) : Activation.None))];

    /// <summary>Requires the same outputs, bit for bit.</summary>
    public void RequireSame(ChainLink[] links, int shares, bool hasResidual)
    {
        ConvolutionShape first = links[0].Layer.Shape, last = links[^1].Layer.Shape;
        float[] x = Numbers.Integers(first.InputChannels * first.InputPixels, 5);
        float[] residual = Numbers.Integers(hasResidual ? last.OutputChannels * last.OutputPixels : 0, 6);
        float[] expected = x;
        for (int i = 0; i < links.Length; i++)
            expected = RunWhole(links[i], expected, i == links.Length - 1 ? residual : []);
        ConvolutionChain chain = new(links);
        ReadOnlySpan<float> actual = RunChain(chain, x, residual, shares);
        int at = actual.CommonPrefixLength(expected);
        if (at != expected.Length)
            Assert.Fail($"{actual[at]} instead of {expected[at]} at {at}, {shares} shares: {first} ... {last}");
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }

    private ReadOnlySpan<float> RunChain(ConvolutionChain chain, float[] x, float[] residual, int shares)
    {
        int outputs = chain.Last.OutputChannels * chain.Last.OutputPixels, bytes = (int)chain.ScratchBytes;
        float* input = _input.AtEnd<float>(x), output = _output.AtEnd<float>(outputs);
        byte* scratch = _scratch.AtEnd<byte>(bytes);
        new Span<float>(output, outputs).Fill(float.NaN);
        fixed (float* r = residual)
        {
            for (int share = 0; share < shares; share++)
            {
                new Span<byte>(scratch, bytes).Fill(0xff);
                chain.Run(new ChainArguments
                {
                    Input = input,
                    Output = output,
                    Residual = residual.Length == 0 ? null : r,
                    Scratch = scratch,
                    Share = share,
                    Shares = shares,
                });
            }
        }

        return new ReadOnlySpan<float>(output, outputs);
    }

    private float[] RunWhole(ChainLink link, float[] x, float[] residual)
    {
        ConvolutionShape shape = link.Layer.Shape;
        float[] y = new float[shape.OutputChannels * shape.OutputPixels];
        fixed (float* input = x, output = y, r = residual)
        {
            link.Layer.Run(new ConvolutionArguments
            {
                Input = input,
                InputStride = shape.InputChannels,
                Output = output,
                OutputStride = shape.OutputChannels,
                Residual = residual.Length == 0 ? null : r,
                Scratch = _scratch.AtEnd<byte>((int)link.Layer.ScratchBytes),
                Activation = link.Activation,
                RowEnd = shape.OutputHeight,
            });
        }

        return y;
    }
}
