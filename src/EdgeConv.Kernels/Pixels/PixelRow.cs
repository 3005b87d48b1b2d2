using EdgeConv.Core;

namespace EdgeConv.Kernels.Pixels;

/// <summary>
/// What a <see cref="PixelKernel"/> does to rows of pixels: 24 bytes, 8 pixels of three channels or 24 of
/// one, become 24 floats, four at a time.
/// </summary>
/// <remarks>
/// <code>
/// bytes      r g b r g b r g b r g b r g b r g b r g b r g b     16 of them from byte 0 or from byte 8 on
/// planar     rrrr rrrr | gggg gggg | bbbb bbbb                   six groups of four floats: of 16 bytes, four
/// pixels     rgbr gbrg | brgb rgbr | gbrg brgb                   are selected into the lowest byte of a lane
/// </code>
/// </remarks>
public sealed class PixelRow
{
    /// <summary>Bytes and floats of a block.</summary>
    internal const int Block = 24;

    private const int GroupLength = 4;
    private const int LoadBytes = 16;
    private const int FarLoad = 8;
    private const byte Nothing = 0x80;

    /// <summary>Makes the constants of one input.</summary>
    /// <param name="input">Mean, scale and order.</param>
    /// <param name="channels">C, 1 or 3.</param>
    /// <param name="isPlanar">Whether the channels of a row come one after the other.</param>
    /// <exception cref="ArgumentException">
    /// Mean or scale do not fit the channels, or there are not 1 or 3.
    /// </exception>
    public PixelRow(PixelInput input, int channels, bool isPlanar)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (channels is not (1 or 3) || !input.Fits(channels))
            throw new ArgumentException($"{channels} channels of {input}", nameof(channels));
        Channels = channels;
        IsPlanar = isPlanar || channels == 1;
        IsReversed = input.IsReversed && channels > 1;
        for (int slot = 0; slot < Block; slot++)
        {
            int channel = ChannelOf(slot);
            Mean[slot] = input.Mean[input.Mean.Count == 1 ? 0 : channel];
            Scale[slot] = input.Scale[input.Scale.Count == 1 ? 0 : channel];
        }

        for (int group = 0; group < Block / GroupLength; group++)
            SetGroup(group);
    }

    /// <summary>C, bytes of a pixel.</summary>
    public int Channels { get; }

    /// <summary>Whether a row is written as <c>[C,W]</c>, not <c>[W,C]</c>; true for one channel.</summary>
    public bool IsPlanar { get; }

    /// <summary>Whether bytes stand in the opposite order of channels.</summary>
    internal bool IsReversed { get; }

    /// <summary>Mean of each float of a block.</summary>
    internal float[] Mean { get; } = new float[Block];

    /// <summary>Scale of each float of a block.</summary>
    internal float[] Scale { get; } = new float[Block];

    /// <summary>For each float of a block the byte of its group's load, and three times nothing.</summary>
    internal byte[] Order { get; } = new byte[Block * sizeof(float)];

    /// <summary>Where the 16 bytes begin that each group of four floats is selected from.</summary>
    internal int[] Start { get; } = new int[Block / GroupLength];

    /// <summary>A float of a block that belongs to a channel.</summary>
    internal int SlotOf(int channel) => Channels == 1 ? 0 : IsPlanar ? channel * (Block / Channels) : channel;

    /// <summary>The byte of a pixel that a channel is made of.</summary>
    internal int ByteOf(int channel) => IsReversed ? Channels - 1 - channel : channel;

    private int ChannelOf(int slot) =>
        Channels == 1 ? 0 : IsPlanar ? slot / (Block / Channels) : slot % Channels;

    private int SourceOf(int slot)
    {
        if (Channels == 1)
            return slot;
        int pixel = IsPlanar ? slot % (Block / Channels) : slot / Channels;
        return (pixel * Channels) + ByteOf(ChannelOf(slot));
    }

    private void SetGroup(int group)
    {
        int first = group * GroupLength;
        int last = Enumerable.Range(first, GroupLength).Max(SourceOf);
        Start[group] = last < LoadBytes ? 0 : FarLoad;
        for (int slot = first; slot < first + GroupLength; slot++)
        {
            Order.AsSpan(slot * sizeof(float), sizeof(float)).Fill(Nothing);
            Order[slot * sizeof(float)] = (byte)(SourceOf(slot) - Start[group]);
        }
    }
}
