using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>A gray picture of <paramref name="Size"/> × <paramref name="Size"/> bytes.</summary>
internal readonly record struct GrayPicture(ReadOnlyMemory<byte> Pixels, int Size)
{
    /// <summary>The picture as a source gives it.</summary>
    public Frame ToFrame(Stamp stamp = default, string origin = "picture") => new()
    {
        Timestamp = stamp.Timestamp,
        CapturedAt = stamp.CapturedAt,
        Sequence = stamp.Sequence,
        Origin = origin,
        Width = Size,
        Height = Size,
        Stride = Size,
        Format = PixelFormat.Gray8,
        Pixels = Pixels,
    };
}
