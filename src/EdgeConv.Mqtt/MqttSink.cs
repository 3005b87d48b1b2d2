using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// Publishes to an MQTT broker, and keeps what it owes while the broker is away. Connects by itself, and
/// again after every loss. It knows no pipelines beforehand: they may come and go.
/// </summary>
/// <remarks>
/// Findings leave in order and, at QoS 1, arrive at least once unless the queue overflows; after a loss the
/// unacknowledged ones are sent again. Of health only the latest is sent, and again at every connection; of
/// pictures only the latest, once. A finding, health or picture handed over must not change afterwards. A pipeline
/// whose name is not <see cref="Topics.IsName"/> is not published and counts as refused.
/// </remarks>
public sealed class MqttSink : ISink, IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    /// <summary>What a stop within a limit keeps back to count and tell what was lost.</summary>
    private static readonly TimeSpan s_spare = TimeSpan.FromMilliseconds(250);
    private readonly SinkContext _context;
    private readonly ITimer _timer;
    private readonly Task _sender;
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isDisposing;
    private long _overflowReported;

    private MqttSink(SinkContext context)
    {
        _context = context;
        _timer = context.Time.CreateTimer(_ => Tick(), null, s_tick, s_tick);
        _sender = Task.Run(new Sender(context).RunAsync);
    }

    /// <summary>What it was started with.</summary>
    public MqttOptions Options => _context.Options;

    /// <summary>Its topics.</summary>
    public Topics Topics => _context.Topics;

    /// <summary>What it has done so far.</summary>
    public MqttCounters Counters => _context.Counters;

    /// <summary>Starts connecting; returns at once, whether the broker is there or not.</summary>
    /// <param name="options">With a host; see <see cref="EmbeddedBroker.Reach"/>.</param>
    /// <param name="onStatus">Called with what is to be logged, one call at a time, on a pool thread.</param>
    /// <param name="time">Clock of pauses and timestamps.</param>
    /// <exception cref="ConfigError">An option is wrong, or a TLS file cannot be read.</exception>
    public static MqttSink Start(
        MqttOptions options, Action<MqttStatus>? onStatus = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Host is null)
            throw new ConfigError("mqtt.host", "is missing; start the embedded broker and use its address");
        return new MqttSink(new SinkContext(options, onStatus, time ?? TimeProvider.System));
    }

    /// <inheritdoc/>
    public void Publish(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        if (!Takes(finding.Pipeline))
            return;
        _context.Outbox.Add(finding);
        _context.Wake.Set();
    }

    /// <inheritdoc/>
    public void Publish(Health health)
    {
        ArgumentNullException.ThrowIfNull(health);
        if (!Takes(health.Pipeline))
            return;
        _context.Outbox.Set(health);
        _context.Wake.Set();
    }

    /// <inheritdoc/>
    public void Publish(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!Takes(snapshot.Pipeline))
            return;
        _context.Pictures.Put(snapshot);
        _context.Wake.Set();
    }

    /// <inheritdoc/>
    public Task WaitForRoomAsync() =>
        Volatile.Read(ref _isDisposing) != 0 ? Task.CompletedTask : _context.Outbox.WaitForRoomAsync();

    /// <summary>
    /// The pipeline has been removed: its retained health and pictures are cleared, now or when the broker is
    /// back.
    /// </summary>
    public void Retire(string pipeline)
    {
        if (!Takes(pipeline))
            return;
        _context.Outbox.Retire(pipeline);
        _context.Pictures.Retire(pipeline);
        _context.Wake.Set();
    }

    /// <summary>
    /// The pipeline gives no pictures away any more: those that it has published, in whatever run, are cleared, now or
    /// when the broker is back.
    /// </summary>
    public void ClearPictures(string pipeline)
    {
        if (!Takes(pipeline))
            return;
        _context.Pictures.Clear(pipeline);
        _context.Wake.Set();
    }

    /// <summary>
    /// Something is wrong with the daemon itself: <see cref="Topics.Health"/> says so at once, in place of
    /// the connection's latest problem, until null withdraws it.
    /// </summary>
    /// <param name="problem">One line, or null.</param>
    public void Announce(string? problem)
    {
        if (Volatile.Read(ref _isDisposing) != 0)
            return;
        _context.OwnersProblem = problem;
        _context.Wake.Set();
    }

    /// <summary>
    /// Sends what is queued for at most <see cref="MqttOptions.DrainTimeout"/>, publishes <c>stopped</c> and
    /// disconnects. What is published from now on is ignored.
    /// </summary>
    public ValueTask DisposeAsync() => new(EndAsync(Options.DrainTimeout));

    /// <summary>As <see cref="DisposeAsync"/>, in at most <paramref name="limit"/> altogether.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        TimeSpan drain = limit - BrokerConnection.GoodbyeTimeout - s_spare;
        if (drain > Options.DrainTimeout)
            drain = Options.DrainTimeout;
        else if (drain < TimeSpan.Zero)
            drain = TimeSpan.Zero;
        try
        {
            await EndAsync(drain).WaitAsync(limit, _context.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The connection hangs even in being closed; nobody waits for it any longer.
        }
    }

    private async Task EndAsync(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _isDisposing, 1) != 0)
        {
            await _disposed.Task.ConfigureAwait(false);
            return;
        }

        await _context.Stop.CancelAsync().ConfigureAwait(false);
        if (!_context.IsConnected && _context.Outbox.Owed == 0)
            await _context.Deadline.CancelAsync().ConfigureAwait(false);
        using ITimer deadline = _context.Time.CreateTimer(
            _ => _context.Deadline.Cancel(), null, drain, Timeout.InfiniteTimeSpan);
        _context.Wake.Set();
        await _sender.ConfigureAwait(false);
        await deadline.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _context.Dispose();
        _disposed.TrySetResult();
    }

    private bool Takes(string pipeline)
    {
        if (Volatile.Read(ref _isDisposing) != 0)
            return false;
        if (Topics.IsName(pipeline))
            return true;
        _context.CountRefused();
        return false;
    }

    private void Tick()
    {
        long dropped = _context.Outbox.Dropped;
        if (dropped > Interlocked.Exchange(ref _overflowReported, dropped))
        {
            _context.Reporter.Report(
                MqttState.Overflow,
                $"{Options.QueueLimit} results wait for {Options.Address}: the oldest are being dropped");
        }

        _context.Wake.Set();
    }
}
