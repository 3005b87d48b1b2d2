using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>4 output channels x 1 pixel in plain C#.</summary>
internal readonly unsafe struct Tile4x1Scalar : IPointwiseTile
{
    public static string Name => "4x1Scalar";

    public static int BlockChannels => 4;

    public static int Pixels => 1;

    public static void Strip(in PointwiseArguments arguments, int pixel, int pixels)
    {
        float* sums = stackalloc float[4];
        float* block = arguments.Packed + (arguments.ChannelStart * (arguments.InputChannels + 1L));
        for (int channel = arguments.ChannelStart; channel < arguments.ChannelEnd; channel += 4)
        {
            Product(block, arguments.Input + pixel, arguments, sums);
            int rows = Math.Min(4, arguments.ChannelEnd - channel);
            for (int row = 0; row < rows; row++)
                Store(arguments, ((channel + row) * arguments.OutputStride) + pixel, sums[row]);
            block += 4 * (arguments.InputChannels + 1L);
        }
    }

    private static void Product(float* w, float* x, in PointwiseArguments arguments, float* sums)
    {
        float c0 = w[0], c1 = w[1], c2 = w[2], c3 = w[3];
        for (int k = arguments.InputChannels; k > 0; k--)
        {
            w += 4;
            c0 += w[0] * *x;
            c1 += w[1] * *x;
            c2 += w[2] * *x;
            c3 += w[3] * *x;
            x += arguments.InputStride;
        }

        sums[0] = c0;
        sums[1] = c1;
        sums[2] = c2;
        sums[3] = c3;
    }

    private static void Store(in PointwiseArguments arguments, long offset, float value)
    {
        if (arguments.Residual is not null)
            value += arguments.Residual[offset];
        Activation activation = arguments.Activation;
        arguments.Output[offset] = ScalarLanes.Min(
            activation.Upper, ScalarLanes.Max(activation.Lower, value));
    }
}
