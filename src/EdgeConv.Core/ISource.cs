namespace EdgeConv.Core;

/// <summary>Produces <see cref="Sample"/>s: a camera, a sensor, a folder of pictures, a recording.</summary>
/// <remarks>
/// One reader at a time. A source that can lose its device (camera unplugged) waits for it to return inside
/// <see cref="ReadAsync"/> and reports through <see cref="DeviceError"/>; the reader reports it and calls
/// again.
/// </remarks>
public interface ISource : IAsyncDisposable
{
    /// <summary>Name for messages: <c>images:/data/porch</c>.</summary>
    string Name { get; }

    /// <summary>
    /// True when samples arrive whether they are read or not, so that the newest must win; false for a
    /// recording that can wait.
    /// </summary>
    bool IsLive { get; }

    /// <summary>
    /// Opens what it reads, where that can be told from waiting for a sample: a subscription may be in order and
    /// nobody sends.
    /// </summary>
    /// <returns>Whether it is open; false from a source of which only a sample tells.</returns>
    /// <exception cref="DeviceError">It cannot be opened; the next call tries again.</exception>
    ValueTask<bool> OpenAsync(CancellationToken cancellation) => ValueTask.FromResult(false);

    /// <summary>Waits for the next sample. The caller disposes it.</summary>
    /// <returns>The sample, or null when the source has ended.</returns>
    /// <exception cref="DataError">
    /// One sample was unusable; the next call goes on with the one after it.
    /// </exception>
    /// <exception cref="DeviceError">The device failed; the next call tries to open it again.</exception>
    ValueTask<Sample?> ReadAsync(CancellationToken cancellation);
}
