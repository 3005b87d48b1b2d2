using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>Pixels of one block of output channels: what a tile reads, and how it stores.</summary>
internal readonly unsafe struct PixelTarget<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly float* _output;
    private readonly float* _residual;
    private readonly long _outputStride;
    private readonly int _channels;
    private readonly Clamp<TLanes, TVector> _clamp;

    public PixelTarget(in PointwiseArguments arguments, int channel)
    {
        Input = arguments.Input;
        InputStride = arguments.InputStride;
        Runs = arguments.Runs;
        RunLength = arguments.InputChannels / arguments.Runs;
        RunStep = arguments.RunStep;
        Pixels = arguments.Pixels;
        _output = arguments.Output + channel;
        _outputStride = arguments.OutputStride;
        _residual = arguments.Residual is null ? null : arguments.Residual + channel;
        _channels = arguments.ChannelEnd - channel;
        _clamp = Clamp<TLanes, TVector>.Of(arguments.Activation);
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
        long offset = (pixel * _outputStride) + channel;
        if (channels >= TLanes.Count)
        {
            if (_residual is not null)
                value = TLanes.Add(value, TLanes.Load(_residual + offset));
            TLanes.Store(_output + offset, _clamp.Apply(value));
        }
        else if (channels > 0)
        {
            StorePartial(offset, channels, value);
        }
    }

    // A call here would keep the accumulators of the other pixels in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StorePartial(long offset, int channels, TVector value)
    {
        if (_residual is not null)
            value = TLanes.Add(value, TLanes.LoadPartial(_residual + offset, channels));
        TLanes.StorePartial(_output + offset, _clamp.Apply(value), channels);
    }
}
