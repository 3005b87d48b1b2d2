using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>Pixels of one block of output channels: what a tile reads, and how it stores.</summary>
internal readonly unsafe struct PixelTarget<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly int _channels;

    private PixelTarget(in PixelTarget<TLanes, TVector> whole, int channel)
    {
        this = whole;
        Output += channel;
        Residual = whole.Residual is null ? null : whole.Residual + channel;
        _channels -= channel;
    }

    public PixelTarget(in PointwiseArguments arguments, int channel)
    {
        Input = arguments.Input;
        InputStride = arguments.InputStride;
        Runs = arguments.Runs;
        RunLength = arguments.InputChannels / arguments.Runs;
        RunStep = arguments.RunStep;
        Pixels = arguments.Pixels;
        Output = arguments.Output + channel;
        OutputStride = arguments.OutputStride;
        Residual = arguments.Residual is null ? null : arguments.Residual + channel;
        _channels = arguments.ChannelEnd - channel;
        Clamp = Clamp<TLanes, TVector>.Of(arguments.Activation);
        HasClamp = !float.IsNegativeInfinity(arguments.Activation.Lower)
            || !float.IsPositiveInfinity(arguments.Activation.Upper);
    }

    /// <summary>Channel 0 of the first pixel.</summary>
    public float* Input { get; }

    /// <summary>Floats from one input pixel to the next.</summary>
    public long InputStride { get; }

    /// <summary>Number of runs of inputs.</summary>
    public int Runs { get; }

    /// <summary>Inputs of a run.</summary>
    public int RunLength { get; }

    /// <summary>Floats from one run to the next.</summary>
    public long RunStep { get; }

    /// <summary>Number of pixels.</summary>
    public int Pixels { get; }

    /// <summary>The block's first channel of the first output pixel.</summary>
    public float* Output { get; }

    /// <summary>Floats from one output pixel to the next.</summary>
    public long OutputStride { get; }

    /// <summary>Laid out as the output and added to it, or null.</summary>
    public float* Residual { get; }

    /// <summary>What is done before a vector is stored.</summary>
    public Clamp<TLanes, TVector> Clamp { get; }

    /// <summary>Whether <see cref="Clamp"/> does anything.</summary>
    public bool HasClamp { get; }

    /// <summary>The same without its first <paramref name="channels"/> channels.</summary>
    public PixelTarget<TLanes, TVector> Behind(int channels) => new(this, channels);

    /// <summary>Whether all channels of a block of <paramref name="width"/> exist.</summary>
    public bool IsWhole(int width) => _channels >= width;

    /// <summary>Stores vectors of channels 0 and 1 of the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int pixel, TVector first, TVector second)
    {
        Store(pixel, 0, first);
        Store(pixel, TLanes.Count, second);
    }

    /// <summary>
    /// Adds the residual, clamps and stores the channels that exist.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int pixel, int channel, TVector value)
    {
        int channels = _channels - channel;
        long offset = (pixel * OutputStride) + channel;
        if (channels >= TLanes.Count)
        {
            if (Residual is not null)
                value = TLanes.Add(value, TLanes.Load(Residual + offset));
            TLanes.Store(Output + offset, Clamp.Apply(value));
        }
        else if (channels > 0)
        {
            StorePartial(offset, channels, value);
        }
    }

    /// <summary>
    /// Stores the first pixels of a tile <c>[., width]</c>, of each the channels that exist.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Store(float* tile, int width, int pixel, int pixels)
    {
        for (int row = 0; row < pixels; row++)
        {
            for (int channel = 0; channel < width; channel += TLanes.Count)
                Store(pixel + row, channel, TLanes.Load(tile + (row * width) + channel));
        }
    }

    // A call here would keep the accumulators of the other pixels in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StorePartial(long offset, int channels, TVector value)
    {
        if (Residual is not null)
            value = TLanes.Add(value, TLanes.LoadPartial(Residual + offset, channels));
        TLanes.StorePartial(Output + offset, Clamp.Apply(value), channels);
    }
}
