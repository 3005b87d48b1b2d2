namespace EdgeConv.Core;

/// <summary>What an odd picture looked like, and where it is odd. Immutable.</summary>
public sealed record Snapshot
{
    /// <summary>Capture time of the picture, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The source picture with the map's heat and the odd region drawn over it; JPEG.</summary>
    public required ReadOnlyMemory<byte> Picture { get; init; }

    /// <summary>The map's heat alone, a square of pixels for each position; PNG.</summary>
    public required ReadOnlyMemory<byte> HeatMap { get; init; }
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
