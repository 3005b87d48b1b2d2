using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeConv.Kernels.Pixels;

/// <summary>
/// 24 bytes at a time: three vectors of eight floats, each half of which is selected from 16 bytes.
/// </summary>
internal sealed unsafe class U8PixelsAvx2 : PixelKernel
{
    public override string Name => "U8PixelsAvx2";

    protected override bool RunBlocks(PixelRow row, byte* pixels, int bytes, float* y, long planeStride)
    {
        Vector256<byte> order0, order1, order2;
        Vector256<float> mean0, mean1, mean2, scale0, scale1, scale2;
        fixed (byte* order = row.Order)
        fixed (float* mean = row.Mean, scale = row.Scale)
        {
            (order0, order1) = (Vector256.Load(order), Vector256.Load(order + 32));
            order2 = Vector256.Load(order + 64);
            (mean0, mean1, mean2) = (Vector256.Load(mean), Vector256.Load(mean + 8), Vector256.Load(mean + 16));
            (scale0, scale1) = (Vector256.Load(scale), Vector256.Load(scale + 8));
            scale2 = Vector256.Load(scale + 16);
        }

        int[] start = row.Start;
        int low0 = start[0], high0 = start[1], low1 = start[2], high1 = start[3];
        int low2 = start[4], high2 = start[5];
        bool isSpread = row.IsPlanar && row.Channels > 1;
        long step = isSpread ? planeStride : 8;
        int advance = isSpread ? 8 : PixelRow.Block;
        for (int left = bytes; ;)
        {
            Vector256<byte> x0 = Vector256.Create(Vector128.Load(pixels + low0), Vector128.Load(pixels + high0));
            Vector256<byte> x1 = Vector256.Create(Vector128.Load(pixels + low1), Vector128.Load(pixels + high1));
            Vector256<byte> x2 = Vector256.Create(Vector128.Load(pixels + low2), Vector128.Load(pixels + high2));
            Vector256<float> y0 = Avx.ConvertToVector256Single(Avx2.Shuffle(x0, order0).AsInt32());
            Vector256<float> y1 = Avx.ConvertToVector256Single(Avx2.Shuffle(x1, order1).AsInt32());
            Vector256<float> y2 = Avx.ConvertToVector256Single(Avx2.Shuffle(x2, order2).AsInt32());
            Avx.Store(y, Avx.Multiply(Avx.Subtract(y0, mean0), scale0));
            Avx.Store(y + step, Avx.Multiply(Avx.Subtract(y1, mean1), scale1));
            Avx.Store(y + (2 * step), Avx.Multiply(Avx.Subtract(y2, mean2), scale2));

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
}
