using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Any kernel, stride and dilation: a loop over the taps with eight or four vectors of outputs in flight, so
/// that each weight is broadcast once for as many multiply-adds. A tile is eight rows high or, for
/// one-dimensional signals, eight vectors wide. The last tile overlaps the one before where eight or four do
/// not divide the extent.
/// </summary>
internal sealed unsafe class F32DepthwiseTaps<TLanes, TVector> : DepthwiseLayer<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly nint[] _offsets;

    public F32DepthwiseTaps(
        ElementwiseKernel elementwise,
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(elementwise, shape, weights, bias)
    {
        _offsets = new nint[shape.Taps];
        for (int tap = 0; tap < _offsets.Length; tap++)
        {
            int ky = tap / shape.KernelWidth;
            _offsets[tap] = ((nint)ky * shape.DilationY * Geometry.RowLength)
                + Geometry.TapColumn(shape, tap % shape.KernelWidth);
        }
    }

    public override string KernelName => "F32DepthwiseTaps" + TLanes.Set;

    private protected override void Strip(float* weights, float* x, float* y, in Target target)
    {
        Steps steps = new((nint)Shape.StrideY * Geometry.RowLength, target.Width);
        Line(new Place(weights, x, y), steps, target.Rows, target);
    }

    // A single row goes vector by vector, and its rest of less than a vector by itself.
    private protected override void Band(float* weights, float* x, in Target target)
    {
        int vectors = target.Width / TLanes.Count;
        if (target.Rows > 1 || vectors == 0)
        {
            base.Band(weights, x, target);
            return;
        }

        Line(new Place(weights, x, target.Output), new Steps(TLanes.Count, TLanes.Count), vectors, target);
        int last = target.Width - TLanes.Count;
        if (vectors * TLanes.Count != target.Width)
            Line(new Place(weights, x + last, target.Output + last), default, 1, target);
    }

    private void Line(Place place, Steps steps, int count, in Target target)
    {
        fixed (nint* offsets = _offsets)
        {
            Taps taps = new() { Weights = place.Weights, Offsets = offsets, Count = _offsets.Length };
            int at = 0;
            for (; at + 8 <= count; at += 8)
                Eight(taps, place.At(at, steps), steps, target);
            if (count >= 8 && count - at > 4)
            {
                Eight(taps, place.At(count - 8, steps), steps, target);
                return;
            }

            for (; at + 4 <= count; at += 4)
                Four(taps, place.At(at, steps), steps, target);
            if (count >= 4 && count - at > 1)
            {
                Four(taps, place.At(count - 4, steps), steps, target);
                return;
            }

            for (; at < count; at++)
                One(taps, place.At(at, steps), target);
        }
    }

    private static void One(in Taps taps, Place place, in Target target)
    {
        float* x = place.Input;
        TVector sum = TLanes.LoadBroadcast(taps.Weights);
        for (int tap = 0; tap < taps.Count; tap++)
        {
            TVector w = TLanes.LoadBroadcast(taps.Weights + tap + 1);
            sum = TLanes.MultiplyAdd(w, TLanes.Load(x + taps.Offsets[tap]), sum);
        }

        target.Store(place.Output, sum);
    }

    private static void Four(in Taps taps, Place place, Steps steps, in Target target)
    {
        float* x = place.Input;
        float* y = place.Output;
        float* weight = taps.Weights;
        nint* offset = taps.Offsets;
        nint step = steps.Input, step3 = 3 * step;
        TVector c0 = TLanes.LoadBroadcast(weight);
        TVector c1 = c0, c2 = c0, c3 = c0;
        for (int left = taps.Count; left > 0; left--)
        {
            TVector w = TLanes.LoadBroadcast(++weight);
            float* p = x + *offset++;
            c0 = TLanes.MultiplyAdd(w, TLanes.Load(p), c0);
            c1 = TLanes.MultiplyAdd(w, TLanes.Load(p + step), c1);
            c2 = TLanes.MultiplyAdd(w, TLanes.Load(p + (2 * step)), c2);
            c3 = TLanes.MultiplyAdd(w, TLanes.Load(p + step3), c3);
        }

        target.Store(y, c0);
        target.Store(y + steps.Output, c1);
        target.Store(y + (2 * steps.Output), c2);
        target.Store(y + (3 * steps.Output), c3);
    }

    private static void Eight(in Taps taps, Place place, Steps steps, in Target target)
    {
        float* x = place.Input;
        float* y = place.Output;
        float* weight = taps.Weights;
        nint* offset = taps.Offsets;
        nint step = steps.Input, step3 = 3 * step;
        TVector c0 = TLanes.LoadBroadcast(weight);
        TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
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

        target.Store(y, c0);
        target.Store(y + steps.Output, c1);
        target.Store(y + (2 * steps.Output), c2);
        target.Store(y + (3 * steps.Output), c3);
        target.Store(y + (4 * steps.Output), c4);
        target.Store(y + (5 * steps.Output), c5);
        target.Store(y + (6 * steps.Output), c6);
        target.Store(y + (7 * steps.Output), c7);
    }

    /// <summary>Floats from one vector of a tile to the next.</summary>
    private readonly record struct Steps(nint Input, nint Output);

    /// <summary>A channel's weights, and where a tile reads and writes.</summary>
    private readonly struct Place(float* weights, float* input, float* output)
    {
        public float* Weights { get; } = weights;

        public float* Input { get; } = input;

        public float* Output { get; } = output;

        /// <summary>So many vectors on.</summary>
        public Place At(int vectors, Steps steps) =>
            new(Weights, Input + (vectors * steps.Input), Output + (vectors * steps.Output));
    }

    /// <summary>One channel's taps.</summary>
    private struct Taps
    {
        public float* Weights;
        public nint* Offsets;
        public int Count;
    }
}
