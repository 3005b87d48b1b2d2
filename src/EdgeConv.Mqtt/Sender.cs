using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt;

/// <summary>Keeps a connection to the broker: connects, lets a session send, waits, connects again.</summary>
internal sealed class Sender
{
    /// <summary>A connection that lived this long was no fight and no flapping.</summary>
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(10);
    private const int FightLosses = 3;

    private readonly SinkContext _context;
    private readonly Backoff _backoff;
    private readonly Backoff _rivalBackoff;
    private TimeSpan _keepAlive;
    private int _quickLosses;

    public Sender(SinkContext context)
    {
        _context = context;
        MqttOptions options = context.Options;
        _keepAlive = options.KeepAlive;
        _backoff = new Backoff(options.ReconnectMin, options.ReconnectMax, Random.Shared);
        _rivalBackoff = new Backoff(options.ReconnectMax, 10 * options.ReconnectMax, Random.Shared);
    }

    public async Task RunAsync()
    {
        bool isLastTry;
        do
        {
            isLastTry = _context.Stop.IsCancellationRequested;
            if (isLastTry && _context.Outbox.Owed == 0)
                break;
            if (await ServeSafelyAsync().ConfigureAwait(false) is not { } pause)
                break;
            await PauseAsync(pause).ConfigureAwait(false);
        }
        while (!isLastTry);

        int undelivered = _context.Outbox.Clear();
        _context.Reporter.Report(
            MqttState.Stopped,
            undelivered == 0 ? "stopped" : $"stopped; {undelivered} results could not be delivered");
    }

    /// <summary>Whatever goes wrong in one connection's life, there is a next one.</summary>
    private async Task<TimeSpan?> ServeSafelyAsync()
    {
        try
        {
            return await ServeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _context.Reporter.Report(
                MqttState.Lost, $"the connection to {_context.Options.Address} failed: {Faults.Line(error)}");
            return _backoff.Next();
        }
    }

    /// <summary>One connection's life.</summary>
    /// <returns>How long to wait before the next; null when the sink has stopped.</returns>
    private async Task<TimeSpan?> ServeAsync()
    {
        using BrokerConnection? connection = await ConnectAsync().ConfigureAwait(false);
        if (connection is null)
            return _backoff.Next();
        long since = _context.Time.GetTimestamp();
        _context.CountConnect();
        _context.IsConnected = true;
        using Session session = new(_context, connection);
        if (await session.RunAsync().ConfigureAwait(false))
        {
            await session.LeaveAsync().ConfigureAwait(false);
            return null;
        }

        TimeSpan lived = _context.Time.GetElapsedTime(since);
        if (session.WasOverdue)
            return PauseAfterLife(lived);
        return PauseAfter(await connection.LossAsync().ConfigureAwait(false), lived);
    }

    private async Task<BrokerConnection?> ConnectAsync()
    {
        using CancellationTokenSource timeout = new(_context.Options.AnswerTimeout, _context.Time);
        using CancellationTokenSource attempt =
            CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _context.Deadline.Token);
        try
        {
            BrokerConnection connection = await BrokerConnection.OpenAsync(
                new MqttClientFactory().CreateMqttClient(), ClientOptions(), _context.Wake.Set, _context.Time, attempt.Token)
                .ConfigureAwait(false);
            AdoptKeepAlive(connection.Answer.ServerKeepAlive);
            return connection;
        }
        catch (Exception error)
        {
            if (!_context.Deadline.IsCancellationRequested)
            {
                (MqttState state, string message) = Faults.OfConnecting(error, _context.Options);
                _context.Reporter.Report(state, message);
            }

            return null;
        }
    }

    private MqttClientOptions ClientOptions() =>
        ConnectOptions.Build(ConnectOptions.For(_context.Options, _context.Certificates, _keepAlive)
            .WithCleanStart()
            .WithWillTopic(_context.Topics.Status)
            .WithWillPayload("offline")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillRetain());

    /// <summary>
    /// The client keeps to what it was made with, so a shorter wish holds from the next connection.
    /// </summary>
    private void AdoptKeepAlive(ushort wantedSeconds)
    {
        if (wantedSeconds > 0 && wantedSeconds < _keepAlive.TotalSeconds)
            _keepAlive = TimeSpan.FromSeconds(wantedSeconds);
    }

    private TimeSpan PauseAfterLife(TimeSpan lived)
    {
        if (lived >= s_stable)
            _backoff.Reset();
        if (lived >= 10 * _context.Options.ReconnectMax)
            _rivalBackoff.Reset();
        _quickLosses = lived < s_stable ? _quickLosses + 1 : 0;
        return _backoff.Next();
    }

    private TimeSpan PauseAfter(MqttClientDisconnectedEventArgs? loss, TimeSpan lived)
    {
        MqttOptions options = _context.Options;
        TimeSpan pause = PauseAfterLife(lived);
        if (loss?.Reason == MqttClientDisconnectReason.SessionTakenOver)
            return YieldToRival($"another client has connected to {options.Address} with our client id");
        // MQTT 3.1.1 has no reasons, and not every MQTT 5 broker gives them.
        if (loss?.Reason == MqttClientDisconnectReason.NormalDisconnection && _quickLosses >= FightLosses)
        {
            return YieldToRival(
                $"{options.Address} closes each connection soon; perhaps another client uses our client id");
        }

        _context.Reporter.Report(
            MqttState.Lost, $"lost the connection to {options.Address}: {Faults.OfLoss(loss)}");
        return pause;
    }

    private TimeSpan YieldToRival(string problem)
    {
        TimeSpan pause = _rivalBackoff.Next();
        string remedy = $"give each its own; next try in {pause.TotalSeconds:F0} s";
        _context.Reporter.Report(MqttState.TakenOver, $"{problem} '{_context.Options.ClientId}'; {remedy}");
        return pause;
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _context.Time, _context.Stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the caller looks whether one more attempt is due.
        }
    }
}
