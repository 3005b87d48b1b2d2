using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// The product for one pixel, or few: y = W x + b with the lanes across the output channels, four packed
/// blocks at a time and even and odd input channels in chains of their own. Bound by the weights' way from
/// memory.
/// </summary>
internal sealed unsafe class F32FullyConnected<TLanes, TVector>(ElementwiseKernel elementwise)
    : PointwiseKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => "F32FullyConnected" + TLanes.Set;

    public override int BlockChannels => TLanes.Count;

    public override void Run(in PointwiseArguments arguments)
    {
        for (int pixel = arguments.PixelStart; pixel < arguments.PixelEnd; pixel++)
        {
            int channel = arguments.ChannelStart;
            for (; arguments.ChannelEnd - channel > 3 * TLanes.Count; channel += 4 * TLanes.Count)
                FourBlocks(arguments, pixel, channel);
            for (; channel < arguments.ChannelEnd; channel += TLanes.Count)
                OneBlock(arguments, pixel, channel);
        }
    }

    private static long BlockLength(in PointwiseArguments arguments) =>
        TLanes.Count * (arguments.InputChannels + 1L);

    private void FourBlocks(in PointwiseArguments arguments, int pixel, int channel)
    {
        int lanes = TLanes.Count;
        long length = BlockLength(arguments);
        float* w0 = arguments.Packed + (channel / lanes * length);
        float* w1 = w0 + length;
        float* w2 = w1 + length;
        float* w3 = w2 + length;
        TVector even0 = TLanes.Load(w0), even1 = TLanes.Load(w1);
        TVector even2 = TLanes.Load(w2), even3 = TLanes.Load(w3);
        TVector odd0 = TLanes.Broadcast(0), odd1 = odd0, odd2 = odd0, odd3 = odd0;
        float* x = arguments.Input + pixel;
        long stride = arguments.InputStride;
        long at = lanes;
        int k = arguments.InputChannels;
        for (; k > 1; k -= 2)
        {
            TVector xEven = TLanes.LoadBroadcast(x);
            TVector xOdd = TLanes.LoadBroadcast(x + stride);
            x += 2 * stride;
            even0 = TLanes.MultiplyAdd(TLanes.Load(w0 + at), xEven, even0);
            even1 = TLanes.MultiplyAdd(TLanes.Load(w1 + at), xEven, even1);
            even2 = TLanes.MultiplyAdd(TLanes.Load(w2 + at), xEven, even2);
            even3 = TLanes.MultiplyAdd(TLanes.Load(w3 + at), xEven, even3);
            odd0 = TLanes.MultiplyAdd(TLanes.Load(w0 + at + lanes), xOdd, odd0);
            odd1 = TLanes.MultiplyAdd(TLanes.Load(w1 + at + lanes), xOdd, odd1);
            odd2 = TLanes.MultiplyAdd(TLanes.Load(w2 + at + lanes), xOdd, odd2);
            odd3 = TLanes.MultiplyAdd(TLanes.Load(w3 + at + lanes), xOdd, odd3);
            at += 2 * lanes;
        }

        if (k != 0)
        {
            TVector last = TLanes.LoadBroadcast(x);
            even0 = TLanes.MultiplyAdd(TLanes.Load(w0 + at), last, even0);
            even1 = TLanes.MultiplyAdd(TLanes.Load(w1 + at), last, even1);
            even2 = TLanes.MultiplyAdd(TLanes.Load(w2 + at), last, even2);
            even3 = TLanes.MultiplyAdd(TLanes.Load(w3 + at), last, even3);
        }

        float* sums = stackalloc float[4 * lanes];
        TLanes.Store(sums, TLanes.Add(even0, odd0));
        TLanes.Store(sums + lanes, TLanes.Add(even1, odd1));
        TLanes.Store(sums + (2 * lanes), TLanes.Add(even2, odd2));
        TLanes.Store(sums + (3 * lanes), TLanes.Add(even3, odd3));
        Finish(arguments, pixel, channel, sums, Math.Min(4 * lanes, arguments.ChannelEnd - channel));
    }

    private void OneBlock(in PointwiseArguments arguments, int pixel, int channel)
    {
        int lanes = TLanes.Count;
        float* w = arguments.Packed + (channel / lanes * BlockLength(arguments));
        TVector sum0 = TLanes.Load(w);
        TVector sum1 = TLanes.Broadcast(0), sum2 = sum1, sum3 = sum1;
        float* x = arguments.Input + pixel;
        long stride = arguments.InputStride;
        w += lanes;
        int k = arguments.InputChannels;
        for (; k > 3; k -= 4)
        {
            sum0 = TLanes.MultiplyAdd(TLanes.Load(w), TLanes.LoadBroadcast(x), sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Load(w + lanes), TLanes.LoadBroadcast(x + stride), sum1);
            sum2 = TLanes.MultiplyAdd(
                TLanes.Load(w + (2 * lanes)), TLanes.LoadBroadcast(x + (2 * stride)), sum2);
            sum3 = TLanes.MultiplyAdd(
                TLanes.Load(w + (3 * lanes)), TLanes.LoadBroadcast(x + (3 * stride)), sum3);
            x += 4 * stride;
            w += 4 * lanes;
        }

        for (; k > 0; k--)
        {
            sum0 = TLanes.MultiplyAdd(TLanes.Load(w), TLanes.LoadBroadcast(x), sum0);
            x += stride;
            w += lanes;
        }

        float* sums = stackalloc float[lanes];
        TLanes.Store(sums, TLanes.Add(TLanes.Add(sum0, sum1), TLanes.Add(sum2, sum3)));
        Finish(arguments, pixel, channel, sums, Math.Min(lanes, arguments.ChannelEnd - channel));
    }

    private void Finish(in PointwiseArguments arguments, int pixel, int channel, float* sums, int count)
    {
        long stride = arguments.OutputStride;
        long offset = (channel * stride) + pixel;
        if (arguments.Residual is not null)
        {
            for (int i = 0; i < count; i++)
                sums[i] += arguments.Residual[offset + (i * stride)];
        }

        elementwise.Activate(arguments.Activation, sums, sums, count);
        float* output = arguments.Output + offset;
        for (int i = 0; i < count; i++)
            output[i * stride] = sums[i];
    }
}
