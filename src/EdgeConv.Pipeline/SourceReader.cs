using System.Threading.Channels;
using EdgeConv.Core;

namespace EdgeConv.Pipeline;

/// <summary>
/// Reads a source into the mailbox until it ends; waits for a lost device with growing, jittered pauses.
/// </summary>
internal sealed class SourceReader(
    ISource source, ChannelWriter<Sample> mailbox, HealthRecord health, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BadPause = TimeSpan.FromMilliseconds(250);
    private const int MostBadInARow = 16;
    private TimeSpan _pause = FirstPause;
    private int _badInARow;

    /// <summary>Returns when the source has ended or <paramref name="cancellation"/> is asked for.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested
                && await ReadOneAsync(cancellation).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            mailbox.TryComplete();
        }
    }

    private async ValueTask<bool> ReadOneAsync(CancellationToken cancellation)
    {
        try
        {
            if (await source.OpenAsync(cancellation).ConfigureAwait(false))
                BeWell();
            Sample? sample = await source.ReadAsync(cancellation).ConfigureAwait(false);
            if (sample is null)
                return false;
            BeWell();
            _badInARow = 0;
            await PutAsync(sample).ConfigureAwait(false);
        }
        catch (DataError error)
        {
            health.CountBad(error.Message);
            // A source that holds nothing usable must not spin.
            if (++_badInARow > MostBadInARow)
                await Task.Delay(BadPause, time, cancellation).ConfigureAwait(false);
        }
        catch (DeviceError error)
        {
            health.Enter(PipelineState.Waiting, error.Message);
            double jitter = 0.75 + Random.Shared.NextDouble() / 2;
            await Task.Delay(_pause * jitter, time, cancellation).ConfigureAwait(false);
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }

        return true;
    }

    private void BeWell()
    {
        _pause = FirstPause;
        health.Enter(PipelineState.Running, null);
    }

    // What has been read is worked on even when a stop is asked for; only a worker that broke takes no more.
    private async ValueTask PutAsync(Sample sample)
    {
        try
        {
            await mailbox.WriteAsync(sample, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            sample.Dispose();
            throw;
        }
    }
}
