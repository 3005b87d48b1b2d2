using System.Threading.Channels;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Pipeline;

/// <summary>
/// The loop that joins a source, a family of models and a sink:
/// <code>
/// Source ──Sample──▶ mailbox ──▶ preprocess ▶ run ▶ decode ▶ gate ──Result──▶ Sink
///                                    ▲ OperatingPoint
///                                 Governor ◀── latency, °C
/// </code>
/// A live source never waits: its newest sample takes the place of one that has not been started on. One bad
/// sample is counted and reported; a lost device is waited for.
/// </summary>
public sealed class Pipeline : IDisposable
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(10);
    private readonly PipelineParts _parts;
    private readonly Governor _governor;
    private readonly HealthRecord _health;
    private readonly TimeProvider _time;
    private long _results;
    private long _lastTick;
    private long _busySince;

    /// <summary>Joins the parts; they belong to the pipeline from now on, but for sink and board.</summary>
    public Pipeline(PipelineParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _time = parts.Time;
        _governor = new Governor([.. parts.Family.Select(m => m.Profile)], parts.Budget, parts.Time);
        _health = new HealthRecord(parts.Name, parts.Sink, parts.Time);
        _lastTick = long.MinValue;
    }

    /// <summary>The pipeline's name.</summary>
    public string Name => _parts.Name;

    /// <summary>
    /// How long the sample that is being worked on has been; zero while waiting for one. The watchdog asks: a
    /// kernel that is stuck shows here, a source that is silent does not.
    /// </summary>
    public TimeSpan BusyFor
    {
        get
        {
            long since = Interlocked.Read(ref _busySince);
            return since == 0 ? TimeSpan.Zero : _time.GetElapsedTime(since);
        }
    }

    /// <summary>Runs until the source ends or <paramref name="cancellation"/> is asked for; a sample in work is finished.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Channel<Sample> mailbox = CreateMailbox();
        SourceReader reader = new(_parts.Source, mailbox.Writer, _health, _time);
        Task reading = Task.Run(() => reader.RunAsync(cancellation), CancellationToken.None);
        ReportHealth();
        // Disposed asynchronously, the timer waits for a report under way: none comes after the last one below.
        await using (_time.CreateTimer(_ => ReportHealth(), null, HealthInterval, HealthInterval).ConfigureAwait(false))
        {
            await WorkAsync(mailbox.Reader).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }

        _health.Enter(PipelineState.Stopped, null);
        ReportHealth();
    }

    /// <summary>Disposes the family. The source is disposed by whoever runs the pipeline.</summary>
    public void Dispose()
    {
        foreach (FamilyMember member in _parts.Family)
            member.Dispose();
    }

    // One sample may lie between reader and worker: it hides the source's latency without piling up age.
    private Channel<Sample> CreateMailbox()
    {
        BoundedChannelOptions options = new(1)
        {
            FullMode = _parts.Source.IsLive ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,
        };
        return Channel.CreateBounded<Sample>(options, Drop);
    }

    private void Drop(Sample stale)
    {
        _health.CountStale();
        stale.Dispose();
    }

    private async Task WorkAsync(ChannelReader<Sample> mailbox)
    {
        await foreach (Sample sample in mailbox.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            using (sample)
            {
                if (IsTooEarly())
                    continue;
                Interlocked.Exchange(ref _busySince, _time.GetTimestamp());
                Tick(sample);
                Interlocked.Exchange(ref _busySince, 0);
            }
        }
    }

    // Only a live source is thinned out; a recording would lose what nobody sends again.
    private bool IsTooEarly()
    {
        double rate = _governor.Current.RateHertz;
        if (!_parts.Source.IsLive || double.IsInfinity(rate) || _lastTick == long.MinValue)
            return false;
        // Half a millisecond of slack, for sources that tick at exactly this rate.
        return _time.GetElapsedTime(_lastTick) < TimeSpan.FromSeconds(1 / rate) - TimeSpan.FromMilliseconds(0.5);
    }

    private void Tick(Sample sample)
    {
        _lastTick = _time.GetTimestamp();
        OperatingPoint point = _governor.Current;
        FamilyMember member = _parts.Family[point.Member];
        try
        {
            Outcome outcome = member.Process(sample, _time);
            BoardReading board = _parts.Board.Latest;
            Publish(sample, member, outcome, point, board);
            if (_governor.Observe(Judged(outcome.Latency), board))
                ReportHealth();
        }
        catch (EdgeConvError error)
        {
            _health.CountBad(error.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A fault of ours in one sample must not end the daemon: it is reported like a bad sample.
            _health.CountBad($"{sample.Origin}: {error.GetType().Name}: {error.Message}");
        }
    }

    // A recording's samples wait because they were read ahead; only what a live source's wait is latency.
    private Latency Judged(in Latency latency) =>
        _parts.Source.IsLive ? latency : latency with { Queue = TimeSpan.Zero };

    private void Publish(
        Sample sample, FamilyMember member, in Outcome outcome, OperatingPoint point, BoardReading board)
    {
        Latency latency = outcome.Latency;
        Result result = new()
        {
            Timestamp = sample.Timestamp,
            Sequence = _results++,
            Pipeline = Name,
            Origin = sample.Origin,
            Model = member.Session.Model,
            Prediction = outcome.Prediction,
            Gate = outcome.Gate,
            Latency = latency,
            Energy = EnergyMeter.Of(latency.Total - latency.Queue, point.Threads, board.PowerWatts),
            OperatingPoint = point,
        };
        _health.CountResult(outcome.Gate is { Verdict: Verdict.Ood });
        _parts.Sink.Publish(result);
    }

    private void ReportHealth() => _health.Publish(_governor.Current, _parts.Board.Latest);
}
