namespace EdgeConv.Testing.Reference;

/// <summary>
/// The convolution of ONNX as plain loops: x <c>[N,Cin,H,W]</c>, weights <c>[Cout,Cin/G,KH,KW]</c>, y
/// <c>[N,Cout,H',W']</c>. One dimension is a height of 1. Sums in double.
/// </summary>
public sealed record ReferenceConvolution
{
    /// <summary>N.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Cin.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Cout.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>G.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>H and W.</summary>
    public required (int Y, int X) Input { get; init; }

    /// <summary>KH and KW.</summary>
    public (int Y, int X) Kernel { get; init; } = (1, 1);

    /// <summary>Strides.</summary>
    public (int Y, int X) Stride { get; init; } = (1, 1);

    /// <summary>Dilations.</summary>
    public (int Y, int X) Dilation { get; init; } = (1, 1);

    /// <summary>Padding at the top and on the left.</summary>
    public (int Y, int X) PadBegin { get; init; }

    /// <summary>Padding at the bottom and on the right.</summary>
    public (int Y, int X) PadEnd { get; init; }

    /// <summary>H' and W', rounded down; below 1 when the kernel does not fit.</summary>
    public (int Y, int X) Output => (
        Extent(Input.Y, PadBegin.Y + PadEnd.Y, Kernel.Y, Stride.Y, Dilation.Y),
        Extent(Input.X, PadBegin.X + PadEnd.X, Kernel.X, Stride.X, Dilation.X));

    /// <summary>Number of weights.</summary>
    public int WeightCount => OutputChannels * (InputChannels / Groups) * Kernel.Y * Kernel.X;

    /// <summary>Number of inputs.</summary>
    public int InputCount => Batch * InputChannels * Input.Y * Input.X;

    /// <summary>Number of outputs.</summary>
    public int OutputCount => Batch * OutputChannels * Output.Y * Output.X;

    /// <summary>Computes y; an empty bias is zero.</summary>
    public float[] Run(ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        float[] y = new float[OutputCount];
        int at = 0;
        for (int image = 0; image < Batch; image++)
        {
            for (int channel = 0; channel < OutputChannels; channel++)
            {
                for (int oy = 0; oy < Output.Y; oy++)
                {
                    for (int ox = 0; ox < Output.X; ox++)
                    {
                        double sum = bias.IsEmpty ? 0 : bias[channel];
                        y[at++] = (float)(sum + Patch(x, weights, image, channel, (oy, ox)));
                    }
                }
            }
        }

        return y;
    }

    private static int Extent(int input, int pads, int kernel, int stride, int dilation)
    {
        int room = input + pads - ((kernel - 1) * dilation) - 1;
        return room < 0 ? 0 : (room / stride) + 1;
    }

    private double Patch(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weights, int image, int channel, (int Y, int X) at)
    {
        int inputs = InputChannels / Groups;
        int group = channel / (OutputChannels / Groups);
        double sum = 0;
        for (int c = 0; c < inputs; c++)
        {
            for (int ky = 0; ky < Kernel.Y; ky++)
            {
                int iy = (at.Y * Stride.Y) + (ky * Dilation.Y) - PadBegin.Y;
                if (iy < 0 || iy >= Input.Y)
                    continue;
                for (int kx = 0; kx < Kernel.X; kx++)
                {
                    int ix = (at.X * Stride.X) + (kx * Dilation.X) - PadBegin.X;
                    if (ix < 0 || ix >= Input.X)
                        continue;
                    int plane = (image * InputChannels) + (group * inputs) + c;
                    int weight = (((((channel * inputs) + c) * Kernel.Y) + ky) * Kernel.X) + kx;
                    sum += (double)weights[weight] * x[(((plane * Input.Y) + iy) * Input.X) + ix];
                }
            }
        }

        return sum;
    }
}
