using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Statistics;

/// <summary>
/// Adds pixels that a layer has just computed to the sums of their channels. Stateless, so that any number of
/// threads may share one.
/// </summary>
public abstract unsafe class ChannelSumsKernel
{
    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>Adds the pixels.</summary>
    internal abstract void Add(in SummedPixels pixels, in ChannelSums sums);

    /// <summary>
    /// Adds the pixels and writes min(upper, max(lower, x)) in the place of each x.
    /// </summary>
    internal abstract void AddAndClamp(in SummedPixels pixels, in Activation clamp, in ChannelSums sums);
}

/// <summary>Some channels of pixels that lie a stride apart.</summary>
internal readonly unsafe struct SummedPixels
{
    /// <summary>Channel 0 of the first pixel.</summary>
    public required float* First { get; init; }

    /// <summary>Floats from one pixel to the next.</summary>
    public required long Stride { get; init; }

    /// <summary>How many pixels.</summary>
    public required int Count { get; init; }

    /// <summary>First channel, a multiple of 16.</summary>
    public required int ChannelStart { get; init; }

    /// <summary>The channel behind the last one.</summary>
    public required int ChannelEnd { get; init; }
}

/// <summary>
/// The sums in one instruction set: a chunk of pixels at a time, of which two vectors of channels stay in
/// registers, even and odd pixels apart.
/// </summary>
internal sealed unsafe class F32ChannelSums<TLanes, TVector> : ChannelSumsKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>What is done with each vector; constants of the compiled loop.</summary>
    private interface IForm
    {
        static abstract bool HasSquares { get; }

        static abstract bool Clamps { get; }
    }

    public override string Name => "F32ChannelSums" + TLanes.Set;

    internal override void Add(in SummedPixels pixels, in ChannelSums sums)
    {
        Clamp<TLanes, TVector> none = Clamp<TLanes, TVector>.Of(Activation.None);
        if (sums.HasSquares)
            Add<Moments>(pixels, none, sums);
        else
            Add<Means>(pixels, none, sums);
    }

    internal override void AddAndClamp(in SummedPixels pixels, in Activation clamp, in ChannelSums sums)
    {
        Clamp<TLanes, TVector> bounds = Clamp<TLanes, TVector>.Of(clamp);
        if (sums.HasSquares)
            Add<ClampedMoments>(pixels, bounds, sums);
        else
            Add<ClampedMeans>(pixels, bounds, sums);
    }

    private static void Add<TForm>(
        in SummedPixels pixels, Clamp<TLanes, TVector> clamp, in ChannelSums sums)
        where TForm : struct, IForm
    {
        if (pixels.Count == 0)
            return;
        if (sums.IsEmpty)
            Begin(pixels, sums);
        for (int start = 0; start < pixels.Count; start += ChannelSums.Chunk)
        {
            int count = Math.Min(ChannelSums.Chunk, pixels.Count - start);
            AddChunk<TForm>(pixels.First + (start * pixels.Stride), count, pixels, clamp, sums);
            sums.Count(count);
        }
    }

    private static void Begin(in SummedPixels pixels, in ChannelSums sums)
    {
        sums.Begin(pixels.ChannelStart, pixels.ChannelEnd);
        if (!sums.HasSquares)
            return;
        int count = Math.Min(ChannelSums.Chunk, pixels.Count);
        AddChunk<Means>(pixels.First, count, pixels, Clamp<TLanes, TVector>.Of(Activation.None), sums);
        sums.StartAtMeans(count);
    }

    private static void AddChunk<TForm>(
        float* x, int count, in SummedPixels pixels, Clamp<TLanes, TVector> clamp, in ChannelSums sums)
        where TForm : struct, IForm
    {
        int channel = pixels.ChannelStart, end = pixels.ChannelEnd;
        for (; channel <= end - (2 * TLanes.Count); channel += 2 * TLanes.Count)
            AddTwo<TForm>(x + channel, count, pixels.Stride, clamp, sums, channel);
        for (; channel < end; channel += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, end - channel);
            AddOne<TForm>(x + channel, (count, lanes), pixels.Stride, clamp, sums, channel);
        }
    }

    // Two vectors of channels; a: even pixels, b: odd ones.
    private static void AddTwo<TForm>(
        float* x, int count, long stride, Clamp<TLanes, TVector> clamp, in ChannelSums sums, int channel)
        where TForm : struct, IForm
    {
        int lanes = TLanes.Count;
        TVector zero = TLanes.Broadcast(0);
        TVector origin0 = TLanes.Load(sums.Origins + channel);
        TVector origin1 = TLanes.Load(sums.Origins + channel + lanes);
        TVector sumA0 = zero, sumA1 = zero, sumB0 = zero, sumB1 = zero;
        TVector squareA0 = zero, squareA1 = zero, squareB0 = zero, squareB1 = zero;
        for (; count >= 2; count -= 2)
        {
            TVector a0 = TLanes.Load(x), a1 = TLanes.Load(x + lanes);
            TVector b0 = TLanes.Load(x + stride), b1 = TLanes.Load(x + stride + lanes);
            if (TForm.Clamps)
            {
                TLanes.Store(x, clamp.Apply(a0));
                TLanes.Store(x + lanes, clamp.Apply(a1));
                TLanes.Store(x + stride, clamp.Apply(b0));
                TLanes.Store(x + stride + lanes, clamp.Apply(b1));
            }

            if (TForm.HasSquares)
            {
                a0 = TLanes.Subtract(a0, origin0);
                a1 = TLanes.Subtract(a1, origin1);
                b0 = TLanes.Subtract(b0, origin0);
                b1 = TLanes.Subtract(b1, origin1);
                squareA0 = TLanes.MultiplyAdd(a0, a0, squareA0);
                squareA1 = TLanes.MultiplyAdd(a1, a1, squareA1);
                squareB0 = TLanes.MultiplyAdd(b0, b0, squareB0);
                squareB1 = TLanes.MultiplyAdd(b1, b1, squareB1);
            }

            sumA0 = TLanes.Add(sumA0, a0);
            sumA1 = TLanes.Add(sumA1, a1);
            sumB0 = TLanes.Add(sumB0, b0);
            sumB1 = TLanes.Add(sumB1, b1);
            x += 2 * stride;
        }

        if (count != 0)
        {
            TVector a0 = TLanes.Load(x), a1 = TLanes.Load(x + lanes);
            if (TForm.Clamps)
            {
                TLanes.Store(x, clamp.Apply(a0));
                TLanes.Store(x + lanes, clamp.Apply(a1));
            }

            if (TForm.HasSquares)
            {
                a0 = TLanes.Subtract(a0, origin0);
                a1 = TLanes.Subtract(a1, origin1);
                squareA0 = TLanes.MultiplyAdd(a0, a0, squareA0);
                squareA1 = TLanes.MultiplyAdd(a1, a1, squareA1);
            }

            sumA0 = TLanes.Add(sumA0, a0);
            sumA1 = TLanes.Add(sumA1, a1);
        }

        TLanes.AddTo(sums.Sums + channel, TLanes.Add(sumA0, sumB0));
        TLanes.AddTo(sums.Sums + channel + lanes, TLanes.Add(sumA1, sumB1));
        if (TForm.HasSquares)
        {
            TLanes.AddTo(sums.Squares + channel, TLanes.Add(squareA0, squareB0));
            TLanes.AddTo(sums.Squares + channel + lanes, TLanes.Add(squareA1, squareB1));
        }
    }

    // A vector of channels, or the last ones that do not fill one.
    private static void AddOne<TForm>(
        float* x, (int Pixels, int Lanes) extent, long stride, Clamp<TLanes, TVector> clamp, in ChannelSums sums,
        int channel)
        where TForm : struct, IForm
    {
        int lanes = extent.Lanes;
        bool isFull = lanes == TLanes.Count;
        TVector origin = TLanes.Load(sums.Origins + channel);
        TVector sum = TLanes.Broadcast(0), square = sum;
        for (int pixel = extent.Pixels; pixel > 0; pixel--, x += stride)
        {
            TVector value = isFull ? TLanes.Load(x) : TLanes.LoadPartial(x, lanes);
            if (TForm.Clamps && isFull)
                TLanes.Store(x, clamp.Apply(value));
            else if (TForm.Clamps)
                TLanes.StorePartial(x, clamp.Apply(value), lanes);
            if (TForm.HasSquares)
            {
                value = TLanes.Subtract(value, origin);
                square = TLanes.MultiplyAdd(value, value, square);
            }

            sum = TLanes.Add(sum, value);
        }

        TLanes.AddTo(sums.Sums + channel, sum);
        if (TForm.HasSquares)
            TLanes.AddTo(sums.Squares + channel, square);
    }

    private readonly struct Means : IForm
    {
        public static bool HasSquares => false;

        public static bool Clamps => false;
    }

    private readonly struct ClampedMeans : IForm
    {
        public static bool HasSquares => false;

        public static bool Clamps => true;
    }

    private readonly struct Moments : IForm
    {
        public static bool HasSquares => true;

        public static bool Clamps => false;
    }

    private readonly struct ClampedMoments : IForm
    {
        public static bool HasSquares => true;

        public static bool Clamps => true;
    }
}
