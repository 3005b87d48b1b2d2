using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 4 output channels x 24 pixels: twelve accumulators, three vectors of pixels and one broadcast weight are
/// the sixteen registers. Narrower strips take 4x16 or, so that eight chains still cover the latency, 8x8
/// over two blocks. The last vector of a strip is loaded and stored under a mask when it is not full.
/// </summary>
internal readonly unsafe struct Tile4x24Avx2 : IPointwiseTile
{
    public static string Name => "4x24Avx2";

    public static int BlockChannels => 4;

    public static int Pixels => 24;

    public static void Strip(in PointwiseArguments arguments, int pixel, int pixels)
    {
        Target target = new(arguments, pixel, Avx2Lanes.Mask(((pixels - 1) & 7) + 1));
        long blockLength = 4 * (arguments.InputChannels + 1L);
        float* block = arguments.Packed + (arguments.ChannelStart / 4 * blockLength);
        for (int channel = arguments.ChannelStart; channel < arguments.ChannelEnd; channel += 4)
        {
            int rows = Math.Min(4, arguments.ChannelEnd - channel);
            if (pixels == 24)
            {
                Tile4x24<WholeEdge>(block, target, rows);
            }
            else if (pixels > 16)
            {
                Tile4x24<MaskedEdge>(block, target, rows);
            }
            else if (pixels > 8)
            {
                Tile4x16(block, target, rows);
            }
            else if (arguments.ChannelEnd - channel > 4)
            {
                rows = Math.Min(8, arguments.ChannelEnd - channel);
                Tile8x8(block, blockLength, target, rows);
                target.Skip(4);
                block += blockLength;
                channel += 4;
            }
            else
            {
                Tile4x8(block, target, rows);
            }

            target.Skip(4);
            block += blockLength;
        }
    }

    private static void Tile4x24<TEdge>(float* w, in Target target, int rows) where TEdge : struct, IEdge
    {
        Vector256<float> c00 = Avx.BroadcastScalarToVector256(w);
        Vector256<float> c10 = Avx.BroadcastScalarToVector256(w + 1);
        Vector256<float> c20 = Avx.BroadcastScalarToVector256(w + 2);
        Vector256<float> c30 = Avx.BroadcastScalarToVector256(w + 3);
        Vector256<float> c01 = c00, c02 = c00, c11 = c10, c12 = c10;
        Vector256<float> c21 = c20, c22 = c20, c31 = c30, c32 = c30;
        Vector256<float> mask = target.Mask;
        float* x = target.Input;
        long stride = target.InputStride;
        for (int k = target.InputChannels; k > 0; k--)
        {
            w += 4;
            Vector256<float> x0 = Avx.LoadVector256(x);
            Vector256<float> x1 = Avx.LoadVector256(x + 8);
            Vector256<float> x2 = TEdge.Load(x + 16, mask);
            x += stride;
            Vector256<float> w0 = Avx.BroadcastScalarToVector256(w);
            c00 = Fma.MultiplyAdd(w0, x0, c00);
            c01 = Fma.MultiplyAdd(w0, x1, c01);
            c02 = Fma.MultiplyAdd(w0, x2, c02);
            Vector256<float> w1 = Avx.BroadcastScalarToVector256(w + 1);
            c10 = Fma.MultiplyAdd(w1, x0, c10);
            c11 = Fma.MultiplyAdd(w1, x1, c11);
            c12 = Fma.MultiplyAdd(w1, x2, c12);
            Vector256<float> w2 = Avx.BroadcastScalarToVector256(w + 2);
            c20 = Fma.MultiplyAdd(w2, x0, c20);
            c21 = Fma.MultiplyAdd(w2, x1, c21);
            c22 = Fma.MultiplyAdd(w2, x2, c22);
            Vector256<float> w3 = Avx.BroadcastScalarToVector256(w + 3);
            c30 = Fma.MultiplyAdd(w3, x0, c30);
            c31 = Fma.MultiplyAdd(w3, x1, c31);
            c32 = Fma.MultiplyAdd(w3, x2, c32);
        }

        target.Store3<TEdge>(0, c00, c01, c02);
        if (rows > 1)
            target.Store3<TEdge>(1, c10, c11, c12);
        if (rows > 2)
            target.Store3<TEdge>(2, c20, c21, c22);
        if (rows > 3)
            target.Store3<TEdge>(3, c30, c31, c32);
    }

    private static void Tile4x16(float* w, in Target target, int rows)
    {
        Vector256<float> c00 = Avx.BroadcastScalarToVector256(w);
        Vector256<float> c10 = Avx.BroadcastScalarToVector256(w + 1);
        Vector256<float> c20 = Avx.BroadcastScalarToVector256(w + 2);
        Vector256<float> c30 = Avx.BroadcastScalarToVector256(w + 3);
        Vector256<float> c01 = c00, c11 = c10, c21 = c20, c31 = c30;
        Vector256<float> mask = target.Mask;
        float* x = target.Input;
        long stride = target.InputStride;
        for (int k = target.InputChannels; k > 0; k--)
        {
            w += 4;
            Vector256<float> x0 = Avx.LoadVector256(x);
            Vector256<float> x1 = Avx.MaskLoad(x + 8, mask);
            x += stride;
            Vector256<float> w0 = Avx.BroadcastScalarToVector256(w);
            c00 = Fma.MultiplyAdd(w0, x0, c00);
            c01 = Fma.MultiplyAdd(w0, x1, c01);
            Vector256<float> w1 = Avx.BroadcastScalarToVector256(w + 1);
            c10 = Fma.MultiplyAdd(w1, x0, c10);
            c11 = Fma.MultiplyAdd(w1, x1, c11);
            Vector256<float> w2 = Avx.BroadcastScalarToVector256(w + 2);
            c20 = Fma.MultiplyAdd(w2, x0, c20);
            c21 = Fma.MultiplyAdd(w2, x1, c21);
            Vector256<float> w3 = Avx.BroadcastScalarToVector256(w + 3);
            c30 = Fma.MultiplyAdd(w3, x0, c30);
            c31 = Fma.MultiplyAdd(w3, x1, c31);
        }

        target.Store2(0, c00, c01);
        if (rows > 1)
            target.Store2(1, c10, c11);
        if (rows > 2)
            target.Store2(2, c20, c21);
        if (rows > 3)
            target.Store2(3, c30, c31);
    }

    private static void Tile8x8(float* w, long blockLength, in Target target, int rows)
    {
        float* v = w + blockLength;
        Vector256<float> c0 = Avx.BroadcastScalarToVector256(w);
        Vector256<float> c1 = Avx.BroadcastScalarToVector256(w + 1);
        Vector256<float> c2 = Avx.BroadcastScalarToVector256(w + 2);
        Vector256<float> c3 = Avx.BroadcastScalarToVector256(w + 3);
        Vector256<float> c4 = Avx.BroadcastScalarToVector256(v);
        Vector256<float> c5 = Avx.BroadcastScalarToVector256(v + 1);
        Vector256<float> c6 = Avx.BroadcastScalarToVector256(v + 2);
        Vector256<float> c7 = Avx.BroadcastScalarToVector256(v + 3);
        Vector256<float> mask = target.Mask;
        float* x = target.Input;
        long stride = target.InputStride;
        for (int k = target.InputChannels; k > 0; k--)
        {
            w += 4;
            v += 4;
            Vector256<float> x0 = Avx.MaskLoad(x, mask);
            x += stride;
            c0 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w), x0, c0);
            c1 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w + 1), x0, c1);
            c2 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w + 2), x0, c2);
            c3 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w + 3), x0, c3);
            c4 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(v), x0, c4);
            c5 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(v + 1), x0, c5);
            c6 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(v + 2), x0, c6);
            c7 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(v + 3), x0, c7);
        }

        target.Store1(0, c0);
        target.Store1(1, c1);
        target.Store1(2, c2);
        target.Store1(3, c3);
        target.Store1(4, c4);
        if (rows > 5)
            target.Store1(5, c5);
        if (rows > 6)
            target.Store1(6, c6);
        if (rows > 7)
            target.Store1(7, c7);
    }

    private static void Tile4x8(float* w, in Target target, int rows)
    {
        Vector256<float> c0 = Avx.BroadcastScalarToVector256(w);
        Vector256<float> c1 = Avx.BroadcastScalarToVector256(w + 1);
        Vector256<float> c2 = Avx.BroadcastScalarToVector256(w + 2);
        Vector256<float> c3 = Avx.BroadcastScalarToVector256(w + 3);
        Vector256<float> mask = target.Mask;
        float* x = target.Input;
        long stride = target.InputStride;
        for (int k = target.InputChannels; k > 0; k--)
        {
            w += 4;
            Vector256<float> x0 = Avx.MaskLoad(x, mask);
            x += stride;
            c0 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w), x0, c0);
            c1 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w + 1), x0, c1);
            c2 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w + 2), x0, c2);
            c3 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(w + 3), x0, c3);
        }

        target.Store1(0, c0);
        if (rows > 1)
            target.Store1(1, c1);
        if (rows > 2)
            target.Store1(2, c2);
        if (rows > 3)
            target.Store1(3, c3);
    }

    private interface IEdge
    {
        static abstract Vector256<float> Load(float* source, Vector256<float> mask);

        static abstract void Store(float* destination, Vector256<float> mask, Vector256<float> value);
    }

    private readonly struct WholeEdge : IEdge
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load(float* source, Vector256<float> mask) =>
            Avx.LoadVector256(source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(float* destination, Vector256<float> mask, Vector256<float> value) =>
            Avx.Store(destination, value);
    }

    private readonly struct MaskedEdge : IEdge
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load(float* source, Vector256<float> mask) =>
            Avx.MaskLoad(source, mask);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(float* destination, Vector256<float> mask, Vector256<float> value) =>
            Avx.MaskStore(destination, mask, value);
    }

    /// <summary>Where a strip reads and writes, and what is done to each row on its way out.</summary>
    private struct Target
    {
        private readonly long _outputStride;
        private readonly Vector256<float> _lower;
        private readonly Vector256<float> _upper;
        private float* _output;
        private float* _residual;

        public Target(in PointwiseArguments arguments, int pixel, Vector256<float> mask)
        {
            long offset = (arguments.ChannelStart * arguments.OutputStride) + pixel;
            Mask = mask;
            Input = arguments.Input + pixel;
            InputStride = arguments.InputStride;
            InputChannels = arguments.InputChannels;
            _output = arguments.Output + offset;
            _residual = arguments.Residual is null ? null : arguments.Residual + offset;
            _outputStride = arguments.OutputStride;
            _lower = Vector256.Create(arguments.Activation.Lower);
            _upper = Vector256.Create(arguments.Activation.Upper);
        }

        public readonly Vector256<float> Mask { get; }

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
        public readonly void Store3<TEdge>(
            int row, Vector256<float> a, Vector256<float> b, Vector256<float> c)
            where TEdge : struct, IEdge
        {
            long offset = row * _outputStride;
            if (_residual is not null)
            {
                a = Avx.Add(a, Avx.LoadVector256(_residual + offset));
                b = Avx.Add(b, Avx.LoadVector256(_residual + offset + 8));
                c = Avx.Add(c, TEdge.Load(_residual + offset + 16, Mask));
            }

            Avx.Store(_output + offset, Clamp(a));
            Avx.Store(_output + offset + 8, Clamp(b));
            TEdge.Store(_output + offset + 16, Mask, Clamp(c));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store2(int row, Vector256<float> a, Vector256<float> b)
        {
            long offset = row * _outputStride;
            if (_residual is not null)
            {
                a = Avx.Add(a, Avx.LoadVector256(_residual + offset));
                b = Avx.Add(b, Avx.MaskLoad(_residual + offset + 8, Mask));
            }

            Avx.Store(_output + offset, Clamp(a));
            Avx.MaskStore(_output + offset + 8, Mask, Clamp(b));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store1(int row, Vector256<float> a)
        {
            long offset = row * _outputStride;
            if (_residual is not null)
                a = Avx.Add(a, Avx.MaskLoad(_residual + offset, Mask));
            Avx.MaskStore(_output + offset, Mask, Clamp(a));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector256<float> Clamp(Vector256<float> value) =>
            Avx.Min(_upper, Avx.Max(_lower, value));
    }
}
