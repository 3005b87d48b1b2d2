namespace EdgeConv.Core;

/// <summary>What a pipeline saw at one moment, and what it found in it. Immutable.</summary>
public sealed record Snapshot
{
    /// <summary>Capture time of the picture, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary><see cref="Result.Sequence"/> of the result that belongs to it.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// The source picture, or the one that the model has made of it, with what was found drawn over it; JPEG.
    /// </summary>
    public required ReadOnlyMemory<byte> Picture { get; init; }

    /// <summary>
    /// Where it is odd: heat alone, a square of pixels for each position of the map; PNG. Empty of a picture that
    /// is not odd, and without a map.
    /// </summary>
    public ReadOnlyMemory<byte> HeatMap { get; init; }

    /// <summary>How long it may be kept by others.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>Compresses pictures. Safe to call from several threads.</summary>
public interface IPictureEncoder
{
    /// <summary>
    /// A JPEG file of pixels <c>[height, width]</c>, each red, green, blue and an unused byte.
    /// </summary>
    /// <param name="pixels">4 · width · height bytes.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="quality">0..100.</param>
    byte[] EncodeJpeg(ReadOnlySpan<byte> pixels, int width, int height, int quality);

    /// <summary>A PNG file of pixels as in <see cref="EncodeJpeg"/>.</summary>
    byte[] EncodePng(ReadOnlySpan<byte> pixels, int width, int height);
}
