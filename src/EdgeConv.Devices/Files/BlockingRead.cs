namespace EdgeConv.Devices.Files;

/// <summary>
/// Runs a read that may block for good (standard input, a pipe without a writer). A cancellation leaves it
/// behind; the next call takes up the same read, so that two never overlap.
/// </summary>
internal sealed class BlockingRead<T>(Func<T> read)
{
    private Task<T>? _running;

    /// <summary>Waits for the read that is under way, or for a new one.</summary>
    public async ValueTask<T> RunAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Task<T> running = _running ??= Task.Run(read, CancellationToken.None);
        await ((Task)running).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
            cancellation.ThrowIfCancellationRequested();
        _running = null;
        return await running.ConfigureAwait(false);
    }

    /// <summary>
    /// Runs <paramref name="close"/> when no read is under way: now, or when the one left behind ends.
    /// </summary>
    public void WhenIdle(Action close)
    {
        if (_running is { IsCompleted: false } running)
            _ = running.ContinueWith(_ => close(), TaskScheduler.Default);
        else
            close();
    }
}
