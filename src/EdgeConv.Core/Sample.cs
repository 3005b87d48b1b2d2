namespace EdgeConv.Core;

/// <summary>What a <see cref="ISource"/> produces: a <see cref="Frame"/> or a <see cref="Window"/>.</summary>
/// <remarks>
/// Whoever takes a sample from a source disposes it; the source may then use its memory again. Not
/// thread-safe.
/// </remarks>
public abstract class Sample : IDisposable
{
    private Action<Sample>? _release;

    /// <param name="release">
    /// Called once by <see cref="Dispose()"/>, to give the memory back; may be null.
    /// </param>
    protected Sample(Action<Sample>? release) => _release = release;

    /// <summary>When it was captured, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>
    /// When it was captured on the monotonic clock of the <see cref="TimeProvider"/>
    /// (<see cref="TimeProvider.GetTimestamp"/>); latency is counted from here.
    /// </summary>
    public required long CapturedAt { get; init; }

    /// <summary>Counts the source's samples from 0; a gap is samples that were dropped.</summary>
    public required long Sequence { get; init; }

    /// <summary>Where it came from, for messages: a file name, a device, <c>stdin</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>
    /// To be settled when it is known what became of it, which disposing does not tell; null where nobody asks.
    /// </summary>
    public IReceipt? Receipt { get; init; }

    /// <summary>What its sender wants to find in the result; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Correlation { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Interlocked.Exchange(ref _release, null)?.Invoke(this);
        GC.SuppressFinalize(this);
    }
}

/// <summary>One image: <c>[Height, Width]</c> pixels in rows of <see cref="Stride"/> bytes.</summary>
public sealed class Frame : Sample
{
    /// <param name="release">Called once when the frame is disposed; may be null.</param>
    public Frame(Action<Sample>? release = null)
        : base(release)
    {
    }

    /// <summary>Pixels in a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>
    /// Bytes from one row to the next in the first plane; at least <see cref="PixelFormats.RowBytes"/>.
    /// </summary>
    public required int Stride { get; init; }

    /// <summary>Layout of the pixels.</summary>
    public required PixelFormat Format { get; init; }

    /// <summary>How luma and chroma code colours; of no meaning for gray and RGB.</summary>
    public ColorCoding Coding { get; init; } = ColorCoding.Bt601;

    /// <summary>All planes, at least <see cref="PixelFormats.UsedBytes"/> bytes.</summary>
    public required ReadOnlyMemory<byte> Pixels { get; init; }
}

/// <summary>
/// One block of sensor samples, <c>[Length, Channels]</c>, interleaved: all channels of one instant together.
/// </summary>
public sealed class Window : Sample
{
    /// <param name="release">Called once when the window is disposed; may be null.</param>
    public Window(Action<Sample>? release = null)
        : base(release)
    {
    }

    /// <summary>Instants in the window.</summary>
    public required int Length { get; init; }

    /// <summary>Values at each instant.</summary>
    public required int Channels { get; init; }

    /// <summary>Instants a second.</summary>
    public required double RateHertz { get; init; }

    /// <summary>The values in the source's physical unit, <c>Length * Channels</c> of them.</summary>
    public required ReadOnlyMemory<float> Values { get; init; }
}
