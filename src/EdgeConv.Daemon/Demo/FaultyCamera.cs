using EdgeConv.Core;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// A camera that shows another source's pictures, and in place of every fourth one what a broken camera
/// shows: a covered lens or noise. The origin tells which.
/// </summary>
internal sealed class FaultyCamera(ISource pictures) : ISource
{
    private const int Size = 128;
    private const int BytesPerPixel = 3;
    private readonly Random _random = new(20260103);
    private long _count;

    /// <inheritdoc/>
    public string Name => pictures.Name;

    /// <inheritdoc/>
    public bool IsLive => pictures.IsLive;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        Sample? sample = await pictures.ReadAsync(cancellation).ConfigureAwait(false);
        long index = _count++;
        if (sample is null || index % 4 != 3)
            return sample;
        using (sample)
            return index % 8 == 3 ? Picture(sample, "lens covered", 6) : Picture(sample, "noise", 256);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => pictures.DisposeAsync();

    private Frame Picture(Sample instead, string origin, int brightest)
    {
        byte[] pixels = new byte[Size * Size * BytesPerPixel];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)_random.Next(brightest);
        return new Frame
        {
            Timestamp = instead.Timestamp,
            CapturedAt = instead.CapturedAt,
            Sequence = instead.Sequence,
            Origin = origin,
            Width = Size,
            Height = Size,
            Stride = Size * BytesPerPixel,
            Format = PixelFormat.Rgb24,
            Pixels = pixels,
        };
    }
}
