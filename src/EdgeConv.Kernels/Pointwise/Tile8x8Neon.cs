using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 8 output channels x 8 pixels: sixteen accumulators, two vectors of pixels, two of weights whose lanes the
/// multiply-add selects. Remaining pixels take 8x4, then single pixels with the lanes across the channels, so
/// that nothing is masked and nothing computed twice.
/// </summary>
internal readonly unsafe struct Tile8x8Neon : IPointwiseTile
{
    public static string Name => "8x8Neon";

    public static int BlockChannels => 8;

    public static int Pixels => 8;

    public static void Strip(in PointwiseArguments arguments, int pixel, int pixels)
    {
        Target target = new(arguments, pixel);
        long blockLength = 8 * (arguments.InputChannels + 1L);
        float* block = arguments.Packed + (arguments.ChannelStart / 8 * blockLength);
        for (int channel = arguments.ChannelStart; channel < arguments.ChannelEnd; channel += 8)
        {
            int rows = Math.Min(8, arguments.ChannelEnd - channel);
            if (pixels == 8)
                Tile8x8(block, target, rows);
            else
                Remainder(block, target, rows, pixels);
            target.Skip(8);
            block += blockLength;
        }
    }

    private static void Remainder(float* block, in Target target, int rows, int pixels)
    {
        int done = 0;
        if (pixels >= 4)
        {
            Tile8x4(block, target, rows);
            done = 4;
        }

        for (; done < pixels; done++)
            Tile8x1(block, target, rows, done);
    }

    private static void Tile8x8(float* w, in Target target, int rows)
    {
        Vector128<float> c00 = Vector128.Create(w[0]), c01 = c00;
        Vector128<float> c10 = Vector128.Create(w[1]), c11 = c10;
        Vector128<float> c20 = Vector128.Create(w[2]), c21 = c20;
        Vector128<float> c30 = Vector128.Create(w[3]), c31 = c30;
        Vector128<float> c40 = Vector128.Create(w[4]), c41 = c40;
        Vector128<float> c50 = Vector128.Create(w[5]), c51 = c50;
        Vector128<float> c60 = Vector128.Create(w[6]), c61 = c60;
        Vector128<float> c70 = Vector128.Create(w[7]), c71 = c70;
        w += 8;
        float* x = target.Input;
        long stride = target.InputStride;
        for (int k = target.InputChannels; k > 0; k--)
        {
            Vector128<float> x0 = Vector128.Load(x);
            Vector128<float> x1 = Vector128.Load(x + 4);
            Vector128<float> wl = Vector128.Load(w);
            Vector128<float> wh = Vector128.Load(w + 4);
            x += stride;
            w += 8;
            c00 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c00, x0, wl, 0);
            c01 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c01, x1, wl, 0);
            c10 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c10, x0, wl, 1);
            c11 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c11, x1, wl, 1);
            c20 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c20, x0, wl, 2);
            c21 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c21, x1, wl, 2);
            c30 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c30, x0, wl, 3);
            c31 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c31, x1, wl, 3);
            c40 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c40, x0, wh, 0);
            c41 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c41, x1, wh, 0);
            c50 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c50, x0, wh, 1);
            c51 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c51, x1, wh, 1);
            c60 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c60, x0, wh, 2);
            c61 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c61, x1, wh, 2);
            c70 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c70, x0, wh, 3);
            c71 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c71, x1, wh, 3);
        }

        target.Store2(0, c00, c01);
        if (rows > 1)
            target.Store2(1, c10, c11);
        if (rows > 2)
            target.Store2(2, c20, c21);
        if (rows > 3)
            target.Store2(3, c30, c31);
        if (rows > 4)
            target.Store2(4, c40, c41);
        if (rows > 5)
            target.Store2(5, c50, c51);
        if (rows > 6)
            target.Store2(6, c60, c61);
        if (rows > 7)
            target.Store2(7, c70, c71);
    }

    private static void Tile8x4(float* w, in Target target, int rows)
    {
        Vector128<float> c0 = Vector128.Create(w[0]);
        Vector128<float> c1 = Vector128.Create(w[1]);
        Vector128<float> c2 = Vector128.Create(w[2]);
        Vector128<float> c3 = Vector128.Create(w[3]);
        Vector128<float> c4 = Vector128.Create(w[4]);
        Vector128<float> c5 = Vector128.Create(w[5]);
        Vector128<float> c6 = Vector128.Create(w[6]);
        Vector128<float> c7 = Vector128.Create(w[7]);
        w += 8;
        float* x = target.Input;
        long stride = target.InputStride;
        for (int k = target.InputChannels; k > 0; k--)
        {
            Vector128<float> x0 = Vector128.Load(x);
            Vector128<float> wl = Vector128.Load(w);
            Vector128<float> wh = Vector128.Load(w + 4);
            x += stride;
            w += 8;
            c0 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0, x0, wl, 0);
            c1 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1, x0, wl, 1);
            c2 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2, x0, wl, 2);
            c3 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3, x0, wl, 3);
            c4 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4, x0, wh, 0);
            c5 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5, x0, wh, 1);
            c6 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6, x0, wh, 2);
            c7 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7, x0, wh, 3);
        }

        target.Store1(0, c0);
        if (rows > 1)
            target.Store1(1, c1);
        if (rows > 2)
            target.Store1(2, c2);
        if (rows > 3)
            target.Store1(3, c3);
        if (rows > 4)
            target.Store1(4, c4);
        if (rows > 5)
            target.Store1(5, c5);
        if (rows > 6)
            target.Store1(6, c6);
        if (rows > 7)
            target.Store1(7, c7);
    }

    // The same order of additions as in the wide tiles: a result does not depend on where its pixel lies.
    private static void Tile8x1(float* w, in Target target, int rows, int pixel)
    {
        Vector128<float> low = Vector128.Load(w);
        Vector128<float> high = Vector128.Load(w + 4);
        float* x = target.Input + pixel;
        for (int k = target.InputChannels; k > 0; k--)
        {
            w += 8;
            Vector128<float> value = AdvSimd.LoadAndReplicateToVector128(x);
            low = AdvSimd.FusedMultiplyAdd(low, value, Vector128.Load(w));
            high = AdvSimd.FusedMultiplyAdd(high, value, Vector128.Load(w + 4));
            x += target.InputStride;
        }

        float* sums = stackalloc float[8];
        low.Store(sums);
        high.Store(sums + 4);
        for (int row = 0; row < rows; row++)
            target.StoreLone(row, pixel, sums[row]);
    }

    /// <summary>Where a strip reads and writes, and what is done to each row on its way out.</summary>
    private struct Target
    {
        private readonly long _outputStride;
        private readonly Vector128<float> _lower;
        private readonly Vector128<float> _upper;
        private float* _output;
        private float* _residual;

        public Target(in PointwiseArguments arguments, int pixel)
        {
            long offset = (arguments.ChannelStart * arguments.OutputStride) + pixel;
            Input = arguments.Input + pixel;
            InputStride = arguments.InputStride;
            InputChannels = arguments.InputChannels;
            _output = arguments.Output + offset;
            _residual = arguments.Residual is null ? null : arguments.Residual + offset;
            _outputStride = arguments.OutputStride;
            _lower = Vector128.Create(arguments.Activation.Lower);
            _upper = Vector128.Create(arguments.Activation.Upper);
        }

        public readonly float* Input { get; }

        public readonly long InputStride { get; }

        public readonly int InputChannels { get; }

        public void Skip(int rows)
        {
            _output += rows * _outputStride;
            if (_residual is not null)
                _residual += rows * _outputStride;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store2(int row, Vector128<float> a, Vector128<float> b)
        {
            long offset = row * _outputStride;
            if (_residual is not null)
            {
                a = AdvSimd.Add(a, Vector128.Load(_residual + offset));
                b = AdvSimd.Add(b, Vector128.Load(_residual + offset + 4));
            }

            Clamp(a).Store(_output + offset);
            Clamp(b).Store(_output + offset + 4);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store1(int row, Vector128<float> a)
        {
            long offset = row * _outputStride;
            if (_residual is not null)
                a = AdvSimd.Add(a, Vector128.Load(_residual + offset));
            Clamp(a).Store(_output + offset);
        }

        public readonly void StoreLone(int row, int pixel, float value)
        {
            long offset = (row * _outputStride) + pixel;
            if (_residual is not null)
                value += _residual[offset];
            _output[offset] = Clamp(Vector128.CreateScalarUnsafe(value)).ToScalar();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector128<float> Clamp(Vector128<float> value) =>
            AdvSimd.Min(_upper, AdvSimd.Max(_lower, value));
    }
}
