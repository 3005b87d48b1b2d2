using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Any kernel, stride and dilation: a loop over the taps with eight vectors of outputs in flight, so that each weight is
/// broadcast once for eight multiply-adds. The tile is eight rows high or, where the output has fewer rows, eight
/// vectors wide, as for one-dimensional signals.
/// </summary>
internal sealed unsafe class F32DepthwiseTaps<TLanes, TVector> : DepthwiseLayer<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int TileVectors = 8;

    private readonly nint[] _offsets;

    public F32DepthwiseTaps(
        ElementwiseKernel elementwise,
        in ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(elementwise, shape, weights, bias)
    {
        _offsets = new nint[shape.Taps];
        for (int tap = 0; tap < _offsets.Length; tap++)
        {
            int ky = tap / shape.KernelWidth;
            _offsets[tap] = ((nint)ky * shape.DilationY * Geometry.RowLength)
                + Geometry.ColumnOffset(shape, tap % shape.KernelWidth);
        }
    }

    public override string KernelName => "F32DepthwiseTaps" + TLanes.Set;

    private protected override void Band(float* weights, float* x, float* y, int rows, in Activation activation)
    {
        TVector lower = TLanes.Broadcast(activation.Lower);
        TVector upper = TLanes.Broadcast(activation.Upper);
        fixed (nint* offsets = _offsets)
        {
            Taps taps = new() { Weights = weights, Offsets = offsets, Count = _offsets.Length, Lower = lower, Upper = upper };
            int lanes = TLanes.Count;
            int width = Shape.OutputWidth;
            nint down = (nint)Shape.StrideY * Geometry.RowLength;
            if (width >= lanes)
            {
                for (; rows >= TileVectors; rows -= TileVectors)
                {
                    Tall(taps, x, down, y, width);
                    x += TileVectors * down;
                    y += TileVectors * width;
                }
            }

            for (; rows > 0; rows--)
            {
                Wide(taps, x, y, width);
                x += down;
                y += width;
            }
        }
    }

    private static void Tall(in Taps taps, float* x, nint down, float* y, int width)
    {
        int lanes = TLanes.Count;
        int ox = 0;
        for (; ox + lanes <= width; ox += lanes)
            Eight(taps, x + ox, down, y + ox, width);
        if (ox != width)
            Eight(taps, x + width - lanes, down, y + width - lanes, width);
    }

    private static void Wide(in Taps taps, float* x, float* y, int width)
    {
        int lanes = TLanes.Count;
        int ox = 0;
        for (; ox + (TileVectors * lanes) <= width; ox += TileVectors * lanes)
            Eight(taps, x + ox, lanes, y + ox, lanes);
        for (; ox + lanes <= width; ox += lanes)
            TLanes.Store(y + ox, One(taps, x + ox));
        if (ox == width)
            return;
        if (width > lanes)
            TLanes.Store(y + width - lanes, One(taps, x + width - lanes));
        else
            TLanes.StorePartial(y, One(taps, x), width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector One(in Taps taps, float* x)
    {
        TVector sum = TLanes.LoadBroadcast(taps.Weights);
        for (int tap = 0; tap < taps.Count; tap++)
            sum = TLanes.MultiplyAdd(TLanes.LoadBroadcast(taps.Weights + tap + 1), TLanes.Load(x + taps.Offsets[tap]), sum);
        return taps.Clamp(sum);
    }

    private static void Eight(in Taps taps, float* x, nint step, float* y, nint outputStep)
    {
        float* weight = taps.Weights;
        nint* offset = taps.Offsets;
        TVector c0 = TLanes.LoadBroadcast(weight);
        TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
        nint step3 = 3 * step;
        for (int left = taps.Count; left > 0; left--)
        {
            TVector w = TLanes.LoadBroadcast(++weight);
            float* p = x + *offset++;
            float* q = p + (4 * step);
            c0 = TLanes.MultiplyAdd(w, TLanes.Load(p), c0);
            c1 = TLanes.MultiplyAdd(w, TLanes.Load(p + step), c1);
            c2 = TLanes.MultiplyAdd(w, TLanes.Load(p + (2 * step)), c2);
            c3 = TLanes.MultiplyAdd(w, TLanes.Load(p + step3), c3);
            c4 = TLanes.MultiplyAdd(w, TLanes.Load(q), c4);
            c5 = TLanes.MultiplyAdd(w, TLanes.Load(q + step), c5);
            c6 = TLanes.MultiplyAdd(w, TLanes.Load(q + (2 * step)), c6);
            c7 = TLanes.MultiplyAdd(w, TLanes.Load(q + step3), c7);
        }

        TLanes.Store(y, taps.Clamp(c0));
        TLanes.Store(y + outputStep, taps.Clamp(c1));
        TLanes.Store(y + (2 * outputStep), taps.Clamp(c2));
        TLanes.Store(y + (3 * outputStep), taps.Clamp(c3));
        TLanes.Store(y + (4 * outputStep), taps.Clamp(c4));
        TLanes.Store(y + (5 * outputStep), taps.Clamp(c5));
        TLanes.Store(y + (6 * outputStep), taps.Clamp(c6));
        TLanes.Store(y + (7 * outputStep), taps.Clamp(c7));
    }

    /// <summary>One channel's taps.</summary>
    private struct Taps
    {
        public float* Weights;
        public nint* Offsets;
        public int Count;
        public TVector Lower;
        public TVector Upper;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly TVector Clamp(TVector value) => TLanes.Min(Upper, TLanes.Max(Lower, value));
    }
}
