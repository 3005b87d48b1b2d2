using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<EdgeConv.Kernels.Lanes.ScalarLanes, float>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>One pixel x 4 output channels in plain C#, for any machine.</summary>
internal readonly unsafe struct Tile1x4Scalar : IPointwiseTile<ScalarLanes, float>
{
    public static string Name => "1x4Scalar";

    public static int BlockChannels => 4;

    public static int Wide(in Target target, float* weights)
    {
        Run(target, weights, 4, 0);
        Run(target, weights + 2, 4, 2);
        return 1;
    }

    public static void Narrow(in PointwiseArguments arguments, int channel, float* weights) =>
        Run(new Target(arguments, channel), weights, 2, 0);

    // Two channels of a block of 2 or 4.
    private static void Run(in Target target, float* weights, int block, int channel)
    {
        for (int pixel = 0; pixel < target.Pixels; pixel++)
        {
            float* x = target.Input + (pixel * target.InputStride);
            float* w = weights;
            float first = w[0], second = w[1];
            for (int run = 0; run < target.Runs; run++, x += target.RunStep)
            {
                for (int k = 0; k < target.RunLength; k++)
                {
                    w += block;
                    first += x[k] * w[0];
                    second += x[k] * w[1];
                }
            }

            target.Store(pixel, channel, first);
            target.Store(pixel, channel + 1, second);
        }
    }
}
