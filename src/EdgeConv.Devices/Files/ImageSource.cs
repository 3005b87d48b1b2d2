using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>Replays a picture, or a folder of them in name order.</summary>
internal sealed class ImageSource(SourceOptions options, Pace pace) : ISource
{
    private IReadOnlyList<string>? _files;
    private int _next;
    private long _sequence;

    /// <inheritdoc/>
    public string Name { get; } = InputFile.SourceNameOf(options);

    /// <inheritdoc/>
    public bool IsLive => pace.IsRealTime;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        _files ??= ImageFiles.Find(options.Path);
        if (_next == _files.Count)
        {
            if (!options.Loop)
                return null;
            // The folder may have changed since it was listed.
            _files = ImageFiles.Find(options.Path);
            _next = 0;
        }

        double rate = options.RateHertz > 0 ? options.RateHertz : 1;
        await pace.WaitAsync(_sequence, 1 / rate, cancellation).ConfigureAwait(false);
        // A broken picture is passed over, not tried again.
        return ImageDecoder.Decode(_files[_next++], pace.Time, _sequence++);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
