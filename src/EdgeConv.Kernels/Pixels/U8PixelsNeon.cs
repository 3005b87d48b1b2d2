using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeConv.Kernels.Pixels;

/// <summary>24 bytes at a time: six vectors of four floats, each selected from 16 bytes.</summary>
internal sealed unsafe class U8PixelsNeon : PixelKernel
{
    public override string Name => "U8PixelsNeon";

    protected override bool RunBlocks(PixelRow row, byte* pixels, int bytes, float* y, long planeStride)
    {
        Vector128<byte> order0, order1, order2, order3, order4, order5;
        Vector128<float> mean0, mean1, mean2, mean3, mean4, mean5;
        Vector128<float> scale0, scale1, scale2, scale3, scale4, scale5;
        fixed (byte* order = row.Order)
        fixed (float* mean = row.Mean, scale = row.Scale)
        {
            (order0, order1) = (Vector128.Load(order), Vector128.Load(order + 16));
            (order2, order3) = (Vector128.Load(order + 32), Vector128.Load(order + 48));
            (order4, order5) = (Vector128.Load(order + 64), Vector128.Load(order + 80));
            (mean0, mean1, mean2) = (Vector128.Load(mean), Vector128.Load(mean + 4), Vector128.Load(mean + 8));
            (mean3, mean4) = (Vector128.Load(mean + 12), Vector128.Load(mean + 16));
            mean5 = Vector128.Load(mean + 20);
            (scale0, scale1) = (Vector128.Load(scale), Vector128.Load(scale + 4));
            (scale2, scale3) = (Vector128.Load(scale + 8), Vector128.Load(scale + 12));
            (scale4, scale5) = (Vector128.Load(scale + 16), Vector128.Load(scale + 20));
        }

        int[] start = row.Start;
        int s0 = start[0], s1 = start[1], s2 = start[2], s3 = start[3], s4 = start[4], s5 = start[5];
        bool isSpread = row.IsPlanar && row.Channels > 1;
        long step = isSpread ? planeStride : 8;
        int advance = isSpread ? 8 : PixelRow.Block;
        for (int left = bytes; ;)
        {
            Vector128<float> y0 = Select(pixels + s0, order0), y1 = Select(pixels + s1, order1);
            Vector128<float> y2 = Select(pixels + s2, order2), y3 = Select(pixels + s3, order3);
            Vector128<float> y4 = Select(pixels + s4, order4), y5 = Select(pixels + s5, order5);
            float* second = y + step, third = second + step;
            AdvSimd.Multiply(AdvSimd.Subtract(y0, mean0), scale0).Store(y);
            AdvSimd.Multiply(AdvSimd.Subtract(y1, mean1), scale1).Store(y + 4);
            AdvSimd.Multiply(AdvSimd.Subtract(y2, mean2), scale2).Store(second);
            AdvSimd.Multiply(AdvSimd.Subtract(y3, mean3), scale3).Store(second + 4);
            AdvSimd.Multiply(AdvSimd.Subtract(y4, mean4), scale4).Store(third);
            AdvSimd.Multiply(AdvSimd.Subtract(y5, mean5), scale5).Store(third + 4);

            // The last block ends with the row; what it computes again is the same.
            left -= PixelRow.Block;
            if (left == 0)
                return true;
            int back = Math.Max(PixelRow.Block - left, 0);
            left += back;
            pixels += PixelRow.Block - back;
            y += advance - (isSpread ? back / 3 : back);
        }
    }

    private static Vector128<float> Select(byte* pixels, Vector128<byte> order) =>
        AdvSimd.ConvertToSingle(AdvSimd.Arm64.VectorTableLookup(Vector128.Load(pixels), order).AsUInt32());
}
