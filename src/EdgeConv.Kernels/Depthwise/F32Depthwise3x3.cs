using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// 3x3 of any stride and dilation, all nine weights in registers. With vertical stride and dilation 1 a tile is two
/// output rows that share their two middle input rows.
/// </summary>
internal sealed unsafe class F32Depthwise3x3<TLanes, TVector>(
    ElementwiseKernel elementwise, in ConvolutionShape shape, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    : DepthwiseLayer<TLanes, TVector>(elementwise, shape, weights, bias)
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string KernelName => "F32Depthwise3x3" + TLanes.Set;

    private protected override void Band(float* weights, float* x, float* y, int rows, in Activation activation)
    {
        Taps taps = new(weights, activation);
        Columns columns = new(Shape, Geometry);
        long step = (long)Shape.StrideY * Geometry.RowLength;
        if (Shape.StrideY == 1 && Shape.DilationY == 1)
        {
            for (; rows > 1; rows -= 2)
            {
                TwoRows(taps, columns, x, y);
                x += 2 * step;
                y += 2 * columns.Width;
            }
        }

        for (; rows > 0; rows--)
        {
            OneRow(taps, columns, x, y);
            x += step;
            y += columns.Width;
        }
    }

    private static void OneRow(in Taps taps, in Columns columns, float* x, float* y)
    {
        int lanes = TLanes.Count;
        int ox = 0;
        for (; ox + lanes <= columns.Width; ox += lanes)
            TLanes.Store(y + ox, Tile1(taps, columns, x + ox));
        if (ox == columns.Width)
            return;
        if (columns.Width > lanes)
            TLanes.Store(y + columns.Width - lanes, Tile1(taps, columns, x + columns.Width - lanes));
        else
            TLanes.StorePartial(y, Tile1(taps, columns, x), columns.Width);
    }

    private static void TwoRows(in Taps taps, in Columns columns, float* x, float* y)
    {
        int lanes = TLanes.Count;
        int width = columns.Width;
        TVector a, b;
        int ox = 0;
        for (; ox + lanes <= width; ox += lanes)
        {
            Tile2(taps, columns, x + ox, out a, out b);
            TLanes.Store(y + ox, a);
            TLanes.Store(y + width + ox, b);
        }

        if (ox == width)
            return;
        if (width > lanes)
        {
            Tile2(taps, columns, x + width - lanes, out a, out b);
            TLanes.Store(y + width - lanes, a);
            TLanes.Store(y + width + width - lanes, b);
            return;
        }

        Tile2(taps, columns, x, out a, out b);
        TLanes.StorePartial(y, a, width);
        TLanes.StorePartial(y + width, b, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Tile1(in Taps taps, in Columns columns, float* x)
    {
        TVector a = Row(taps.W00, taps.W01, taps.W02, columns, x, taps.Bias);
        a = Row(taps.W10, taps.W11, taps.W12, columns, x + columns.Down, a);
        a = Row(taps.W20, taps.W21, taps.W22, columns, x + (2 * columns.Down), a);
        return taps.Clamp(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Row(TVector w0, TVector w1, TVector w2, in Columns columns, float* x, TVector sum)
    {
        sum = TLanes.MultiplyAdd(w0, TLanes.Load(x), sum);
        sum = TLanes.MultiplyAdd(w1, TLanes.Load(x + columns.Second), sum);
        return TLanes.MultiplyAdd(w2, TLanes.Load(x + columns.Third), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile2(in Taps taps, in Columns columns, float* x, out TVector upper, out TVector lower)
    {
        TVector a = Row(taps.W00, taps.W01, taps.W02, columns, x, taps.Bias);
        x += columns.Down;
        TVector x10 = TLanes.Load(x);
        TVector x11 = TLanes.Load(x + columns.Second);
        TVector x12 = TLanes.Load(x + columns.Third);
        a = TLanes.MultiplyAdd(taps.W10, x10, a);
        TVector b = TLanes.MultiplyAdd(taps.W00, x10, taps.Bias);
        a = TLanes.MultiplyAdd(taps.W11, x11, a);
        b = TLanes.MultiplyAdd(taps.W01, x11, b);
        a = TLanes.MultiplyAdd(taps.W12, x12, a);
        b = TLanes.MultiplyAdd(taps.W02, x12, b);
        x += columns.Down;
        TVector x20 = TLanes.Load(x);
        TVector x21 = TLanes.Load(x + columns.Second);
        TVector x22 = TLanes.Load(x + columns.Third);
        a = TLanes.MultiplyAdd(taps.W20, x20, a);
        b = TLanes.MultiplyAdd(taps.W10, x20, b);
        a = TLanes.MultiplyAdd(taps.W21, x21, a);
        b = TLanes.MultiplyAdd(taps.W11, x21, b);
        a = TLanes.MultiplyAdd(taps.W22, x22, a);
        b = TLanes.MultiplyAdd(taps.W12, x22, b);
        x += columns.Down;
        b = Row(taps.W20, taps.W21, taps.W22, columns, x, b);
        upper = taps.Clamp(a);
        lower = taps.Clamp(b);
    }

    /// <summary>Distances in the band, in floats.</summary>
    private readonly struct Columns(in ConvolutionShape shape, in DepthwiseGeometry geometry)
    {
        public int Width { get; } = shape.OutputWidth;

        public nint Second { get; } = geometry.ColumnOffset(shape, 1);

        public nint Third { get; } = geometry.ColumnOffset(shape, 2);

        public nint Down { get; } = (nint)shape.DilationY * geometry.RowLength;
    }

    /// <summary>One channel's weights in every lane.</summary>
    private readonly struct Taps(float* weights, in Activation activation)
    {
        public readonly TVector Bias = TLanes.LoadBroadcast(weights);
        public readonly TVector W00 = TLanes.LoadBroadcast(weights + 1);
        public readonly TVector W01 = TLanes.LoadBroadcast(weights + 2);
        public readonly TVector W02 = TLanes.LoadBroadcast(weights + 3);
        public readonly TVector W10 = TLanes.LoadBroadcast(weights + 4);
        public readonly TVector W11 = TLanes.LoadBroadcast(weights + 5);
        public readonly TVector W12 = TLanes.LoadBroadcast(weights + 6);
        public readonly TVector W20 = TLanes.LoadBroadcast(weights + 7);
        public readonly TVector W21 = TLanes.LoadBroadcast(weights + 8);
        public readonly TVector W22 = TLanes.LoadBroadcast(weights + 9);
        private readonly TVector _lower = TLanes.Broadcast(activation.Lower);
        private readonly TVector _upper = TLanes.Broadcast(activation.Upper);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Clamp(TVector value) => TLanes.Min(_upper, TLanes.Max(_lower, value));
    }
}
