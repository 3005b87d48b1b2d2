using System.Globalization;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Previewing;

/// <summary>
/// The pictures of one pipeline on their way to viewers: each takes the newest when it has sent the one before, so
/// that a slow viewer sees fewer of them and holds up nobody. Thread-safe.
/// </summary>
internal sealed class PreviewChannel(double rateHertz) : IPreview
{
    private TaskCompletionSource<PreviewPicture> _next = NewPromise();
    private PreviewPicture? _latest;
    private int _viewers;

    /// <inheritdoc/>
    public bool IsWatched => Volatile.Read(ref _viewers) > 0;

    /// <inheritdoc/>
    public double RateHertz => rateHertz;

    /// <summary>The picture that was shown last; null before the first.</summary>
    public PreviewPicture? Latest => Volatile.Read(ref _latest);

    /// <summary>The newest picture, or the next one where that has been seen.</summary>
    public Task<PreviewPicture> NextAsync(PreviewPicture? seen)
    {
        Task<PreviewPicture> next = Volatile.Read(ref _next).Task;
        return Latest is { } latest && !ReferenceEquals(latest, seen) ? Task.FromResult(latest) : next;
    }

    /// <inheritdoc/>
    public void Show(ReadOnlyMemory<byte> jpeg)
    {
        PreviewPicture picture = new(jpeg);
        Volatile.Write(ref _latest, picture);
        Interlocked.Exchange(ref _next, NewPromise()).TrySetResult(picture);
    }

    /// <summary>There will be no more: whoever waits for one is told so.</summary>
    public void End() => Volatile.Read(ref _next).TrySetCanceled();

    /// <summary>Counts a viewer until what is returned is disposed.</summary>
    public IDisposable Watch()
    {
        Interlocked.Increment(ref _viewers);
        return new Viewer(this);
    }

    private static TaskCompletionSource<PreviewPicture> NewPromise() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Viewer(PreviewChannel channel) : IDisposable
    {
        private PreviewChannel? _channel = channel;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _channel, null) is { } watched)
                Interlocked.Decrement(ref watched._viewers);
        }
    }
}

/// <summary>A picture as viewers get it.</summary>
/// <param name="Jpeg">The file.</param>
internal sealed record PreviewPicture(ReadOnlyMemory<byte> Jpeg)
{
    /// <summary>What parts of a stream begin with.</summary>
    public const string Boundary = "edgeconv-picture";

    private readonly Lazy<byte[]> _part = new(() => PartOf(Jpeg.Span));

    /// <summary>
    /// The picture as a part of a <c>multipart/x-mixed-replace</c> stream, with the delimiter of the next: a
    /// browser shows a part when it sees its end.
    /// </summary>
    public ReadOnlyMemory<byte> Part => _part.Value;

    private static byte[] PartOf(ReadOnlySpan<byte> jpeg)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture, $"Content-Type: image/jpeg\r\nContent-Length: {jpeg.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. jpeg, .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\n")];
    }
}
