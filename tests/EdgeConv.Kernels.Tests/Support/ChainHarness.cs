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
    private const int OutputGap = 3;

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
        RequireSame(expected, RunChain(chain, x, residual, shares, last.OutputChannels), Where(shares));
        if (hasResidual)
            return;
        int stride = last.OutputChannels + OutputGap;
        float[] spread = Spread(expected, last.OutputChannels, stride);
        RequireSame(spread, RunChain(chain, x, [], shares, stride), Where(shares) + " with gaps");

        string Where(int count) => $"{count} shares: {first} ... {last}";
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }

    private static void RequireSame(float[] expected, ReadOnlySpan<float> actual, string where)
    {
        int at = actual.CommonPrefixLength(expected);
        if (at != expected.Length)
            Assert.Fail($"{actual[at]} instead of {expected[at]} at {at}, {where}");
    }

    // The pixels of a dense image, between them what must stay untouched.
    private static float[] Spread(float[] dense, int channels, int stride)
    {
        int pixels = dense.Length / channels;
        float[] spread = new float[((pixels - 1) * stride) + channels];
        Array.Fill(spread, float.NaN);
        for (int i = 0; i < dense.Length; i++)
            spread[(i / channels * stride) + (i % channels)] = dense[i];
        return spread;
    }

    private ReadOnlySpan<float> RunChain(
        ConvolutionChain chain, float[] x, float[] residual, int shares, int stride)
    {
        int channels = chain.Last.OutputChannels, bytes = (int)chain.ScratchBytes;
        int outputs = ((chain.Last.OutputPixels - 1) * stride) + channels;
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
                    OutputStride = stride == channels ? 0 : stride,
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
