using EdgeConv.Core;

namespace EdgeConv.Devices.Video;

/// <summary>A decoded frame in memory of a pool.</summary>
internal sealed class DecodedPicture
{
    public DecodedPicture(PicturePool pool, int bytes)
    {
        Pixels = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        Release = _ => pool.Return(this);
    }

    /// <summary>Its memory, which may be larger than the picture.</summary>
    public byte[] Pixels { get; }

    /// <summary>Gives it back to its pool.</summary>
    public Action<Sample> Release { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; set; }

    /// <summary>Rows.</summary>
    public int Height { get; set; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride { get; set; }

    /// <summary>Its layout; luma and chroma of JPEG have the full range, as BT.601 has them.</summary>
    public PixelFormat Format { get; set; }

    /// <summary>Lends its memory to a frame, which gives it back.</summary>
    public Frame ToFrame(string origin, in FrameMoment moment) => new(Release)
    {
        Timestamp = moment.Timestamp,
        CapturedAt = moment.CapturedAt,
        Sequence = moment.Sequence,
        Origin = origin,
        Width = Width,
        Height = Height,
        Stride = Stride,
        Format = Format,
        Coding = ColorCoding.Bt601Full,
        Pixels = Pixels.AsMemory(0, (int)PixelFormats.FrameBytes(Format, Stride, Height)),
    };
}

/// <summary>
/// Memory of decoded frames, used again and again; holds as many as were out at one time. Thread-safe.
/// </summary>
internal sealed class PicturePool
{
    private readonly Lock _lock = new();
    private readonly Stack<DecodedPicture> _free = new();

    /// <summary>A picture of at least so many bytes.</summary>
    public DecodedPicture Rent(int bytes)
    {
        lock (_lock)
        {
            // Frames of a stream are of one size: one that is too small is of an earlier one.
            while (_free.TryPop(out DecodedPicture? free))
            {
                if (free.Pixels.Length >= bytes)
                    return free;
            }
        }

        return new DecodedPicture(this, bytes);
    }

    /// <summary>Takes a picture back.</summary>
    public void Return(DecodedPicture picture)
    {
        lock (_lock)
            _free.Push(picture);
    }
}
