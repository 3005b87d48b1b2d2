using EdgeConv.Core;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>A frame as it was dequeued.</summary>
/// <param name="Buffer">Where it is.</param>
/// <param name="Frame">What the driver says of it.</param>
/// <param name="Moment">When it was captured.</param>
internal readonly record struct Capture(MappedBuffer Buffer, V4l2Buffer Frame, FrameMoment Moment);

/// <summary>
/// Makes frames of what was dequeued. They lend the driver's memory and give it back when they are disposed,
/// those of JPEG memory of a pool.
/// </summary>
internal sealed class FrameMaker(string place, SampleWish model) : IDisposable
{
    private readonly PicturePool _pool = new();
    private MjpegDecoder? _decoder;

    /// <summary>The frame; the buffer has gone back where it is not lent.</summary>
    /// <exception cref="DataError">It is damaged.</exception>
    public Frame Make(CameraStream stream, FrameShape shape, in Capture capture)
    {
        if (Damage(shape, capture) is { } damage)
        {
            stream.Return(capture.Buffer);
            throw damage;
        }

        return shape.Row.IsCompressed ? Decoded(stream, capture) : Lent(shape, capture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder?.Dispose();
        _decoder = null;
    }

    private Frame Lent(FrameShape shape, in Capture capture) => new(capture.Buffer.Release)
    {
        Timestamp = capture.Moment.Timestamp,
        CapturedAt = capture.Moment.CapturedAt,
        Sequence = capture.Moment.Sequence,
        Origin = place,
        Width = shape.Width,
        Height = shape.Height,
        Stride = shape.Stride,
        Format = shape.Row.Pixels,
        Coding = shape.Coding,
        Pixels = capture.Buffer.First((int)shape.LeastBytes),
    };

    private Frame Decoded(CameraStream stream, in Capture capture)
    {
        try
        {
            _decoder ??= new MjpegDecoder(model);
            ReadOnlySpan<byte> file = capture.Buffer.GetSpan()[..(int)capture.Frame.BytesUsed];
            return _decoder.Decode(place, file, _pool).ToFrame(place, capture.Moment);
        }
        finally
        {
            stream.Return(capture.Buffer);
        }
    }

    private DataError? Damage(FrameShape shape, in Capture capture)
    {
        if ((capture.Frame.Flags & VideoConstants.DamagedFrame) != 0)
            return new DataError(place, "a frame was damaged on its way from the camera");
        uint bytes = capture.Frame.BytesUsed;
        return bytes < shape.LeastBytes || bytes > capture.Buffer.Length
            ? new DataError(place, $"a frame has {bytes} bytes; a whole one has {shape.LeastBytes}")
            : null;
    }
}
