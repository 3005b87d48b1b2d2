using EdgeConv.Core;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>A gray picture of <paramref name="Size"/> × <paramref name="Size"/> bytes.</summary>
internal readonly record struct GrayPicture(ReadOnlyMemory<byte> Pixels, int Size)
{
    /// <summary>The picture as a source gives it.</summary>
    public Frame ToFrame() => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        CapturedAt = 0,
        Sequence = 0,
        Origin = "picture",
        Width = Size,
        Height = Size,
        Stride = Size,
        Format = PixelFormat.Gray8,
        Pixels = Pixels,
    };
}
