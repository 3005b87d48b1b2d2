using System.Threading.Channels;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Watching;

namespace EdgeConv.Pipeline;

/// <summary>
/// The loop that joins a source, a family of models and a sink:
/// <code>
/// Source ──Sample──▶ mailbox ──▶ preprocess ▶ run ▶ decode ▶ gate ──Finding──▶ Sink
///                                    ▲ OperatingPoint
///                                 Governor ◀── latency, W, °C
/// </code>
/// A live source never waits: its newest sample takes the place of one that has not been started on. One bad
/// sample is counted and reported; a lost device is waited for. A recording waits for the sink.
/// </summary>
public sealed class Pipeline : IDisposable
{
    private const int MostFaultsInARow = 16;
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);
    private readonly PipelineParts _parts;
    private readonly PipelineGovernor _governor;
    private readonly HealthRecord _health;
    private readonly Pacer _pacer;
    private readonly GateWatch _watch;
    private readonly PictureWriter? _pictures;
    private readonly TimeProvider _time;
    private long _results;
    private int _faultsInARow;
    private string? _budgetProblem;
    private long _busySince;

    /// <summary>Joins the parts; they belong to the pipeline from now on, but for sink and board.</summary>
    public Pipeline(PipelineParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _time = parts.Time;
        _governor = new PipelineGovernor(parts.Name, new Frontier(parts.Profiles), parts.Budget, parts.Time);
        _health = new HealthRecord(parts.Name, parts.Sink, parts.Time);
        _watch = new GateWatch(parts);
        if (parts is { Encoder: { } encoder } && (parts.Snapshots is not null || parts.Preview is not null))
            _pictures = new PictureWriter(parts, encoder, _health.CountBad);
        _pacer = new Pacer(parts.Time);
        parts.Board.Governor?.Join(_governor);
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

    /// <summary>
    /// Runs until the source ends or <paramref name="cancellation"/> is asked for; what was read is finished.
    /// </summary>
    /// <exception cref="Exception">
    /// Source or model broke; health says <see cref="PipelineState.Failed"/> and why. It does not run again.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        ReportHealth();
        try
        {
            // Disposed asynchronously, the timer waits for a report under way: none comes after the last one below.
            await using (_time.CreateTimer(_ => ReportHealth(), null, HealthInterval, HealthInterval).ConfigureAwait(false))
                await PumpAsync(cancellation).ConfigureAwait(false);
            EndWatch();
            _health.Enter(PipelineState.Stopped, null);
        }
        catch (Exception error)
        {
            EndWatch();
            Fail(DescriptionOf(error));
            throw;
        }
        finally
        {
            ReportHealth();
        }
    }

    /// <summary>Whether its input has drifted.</summary>
    public bool HasDrifted => _health.HasDrifted;

    /// <summary>Its input had drifted before it was built anew with the same gates.</summary>
    public void NoteDrift() => _health.NoteDrift();

    /// <summary>Says that the pipeline does not run, and why: it broke, or cannot be built anew.</summary>
    public void Fail(string problem) => _health.Enter(PipelineState.Failed, problem);

    /// <summary>Disposes the family. The source is disposed by whoever runs the pipeline.</summary>
    public void Dispose()
    {
        _parts.Board.Governor?.Leave(_governor);
        _pictures?.Dispose();
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
        _governor.Arrive(stale.CapturedAt);
        stale.Dispose();
    }

    private async Task PumpAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<Sample> mailbox = CreateMailbox();
        SourceReader reader = new(_parts.Source, mailbox.Writer, _health, _time);
        Task reading = Task.Run(() => reader.RunAsync(stop.Token), CancellationToken.None);
        try
        {
            await WorkAsync(mailbox.Reader, cancellation).ConfigureAwait(false);
        }
        finally
        {
            // A worker that broke has left its reader running, and perhaps a sample in the mailbox.
            await stop.CancelAsync().ConfigureAwait(false);
            mailbox.Writer.TryComplete();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (mailbox.Reader.TryRead(out Sample? left))
                left.Dispose();
        }

        await reading.ConfigureAwait(false);
    }

    private async Task WorkAsync(ChannelReader<Sample> mailbox, CancellationToken cancellation)
    {
        await foreach (Sample sample in mailbox.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            using (sample)
            {
                if (!await IsDueAsync(sample, cancellation).ConfigureAwait(false))
                    continue;
                Work(sample);
            }
        }
    }

    // A live source is thinned out. What a recording holds is not sent again by anybody: it waits for its turn and
    // for the sink. A stop ends the wait.
    private async ValueTask<bool> IsDueAsync(Sample sample, CancellationToken cancellation)
    {
        if (_parts.Source.IsLive)
        {
            _governor.Arrive(sample.CapturedAt);
            if (_governor.Current.RateHertz == 0)
                Heed(_governor.Reconsider(sample.Timestamp));
            if (_pacer.UntilDue(_governor.Current.RateHertz) > TimeSpan.Zero)
                return false;
            bool isTooOld = _governor.IsTooOld(_time.GetElapsedTime(sample.CapturedAt));
            if (isTooOld)
                _health.CountStale();
            return !isTooOld;
        }

        while (!cancellation.IsCancellationRequested
            && _pacer.UntilDue(_governor.Current.RateHertz) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < s_longestWait ? wait : s_longestWait, _time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Heed(_governor.Reconsider(sample.Timestamp));
        }

        await WaitForRoomAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        Task room = _parts.Sink.WaitForRoomAsync();
        if (!room.IsCompleted)
            await room.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Work(Sample sample)
    {
        Interlocked.Exchange(ref _busySince, _time.GetTimestamp());
        try
        {
            Tick(sample);
        }
        finally
        {
            Interlocked.Exchange(ref _busySince, 0);
        }
    }

    private void Tick(Sample sample)
    {
        OperatingPoint point = _governor.Current;
        _pacer.Pass(point.RateHertz == 0 ? double.PositiveInfinity : point.RateHertz);
        FamilyMember member = _parts.Family[point.Member];
        _governor.Begin();
        try
        {
            member.Use(point.Threads);
            Outcome outcome = member.Process(sample, _time);
            Publish(sample, member, outcome, point);
            _faultsInARow = 0;
            Heed(_governor.Observe(Judged(outcome.Latency), sample.Timestamp));
        }
        catch (EdgeConvError error)
        {
            _governor.Abandon();
            _health.CountBad(error.Message);
            sample.Receipt?.Settle(Settlement.Unusable);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _governor.Abandon();
            // A fault of ours in one sample is reported like a bad sample; in many, something has broken for good.
            _health.CountBad($"{sample.Origin}: {DescriptionOf(error)}");
            if (++_faultsInARow == MostFaultsInARow)
                throw;
            sample.Receipt?.Settle(Settlement.Unusable);
        }
    }

    private void Heed(GovernorDecision? decision)
    {
        if (decision is not null)
            _parts.Sink.Publish(decision);
        if (decision is null && _governor.Problem == _budgetProblem)
            return;
        _budgetProblem = _governor.Problem;
        ReportHealth();
    }

    // A recording's samples wait because they were read ahead; only what a live source's wait is latency.
    private Latency Judged(in Latency latency) =>
        _parts.Source.IsLive ? latency : latency with { Queue = TimeSpan.Zero };

    private void Publish(Sample sample, FamilyMember member, in Outcome outcome, OperatingPoint point)
    {
        Result result = new()
        {
            Timestamp = sample.Timestamp,
            Sequence = _results++,
            Pipeline = Name,
            Origin = sample.Origin,
            Model = member.Session.Model,
            Prediction = outcome.Prediction,
            Gate = outcome.Gate,
            Explanation = outcome.Explanation,
            Latency = outcome.Latency,
            Energy = _governor.EnergyOfInference(),
            OperatingPoint = point,
            Receipt = sample.Receipt,
            Correlation = sample.Correlation,
        };
        _health.CountResult(outcome.Gate is { Verdict: Verdict.Ood });
        _parts.Sink.Publish(result);
        if (sample is Frame frame)
            _pictures?.Offer(frame, member, outcome, result.Sequence);
        if (outcome.Gate is { } reading)
            Watch(sample, result, reading);
    }

    private void Watch(Sample sample, Result result, in GateReading reading)
    {
        GatedSample gated = new(
            sample.Timestamp, sample.CapturedAt, result.Sequence, sample.Origin, result.Model, reading);
        if (_watch.Observe(result.OperatingPoint.Member, gated))
            _health.NoteDrift();
        _health.NoteEvent(_watch.OpenEvent);
    }

    private void EndWatch()
    {
        _watch.End();
        _health.NoteEvent(null);
    }

    private static string DescriptionOf(Exception error) =>
        error is EdgeConvError ? error.Message : $"{error.GetType().Name}: {error.Message}";

    private void ReportHealth() =>
        _health.Publish(_governor, _parts.Board.Latest);
}
