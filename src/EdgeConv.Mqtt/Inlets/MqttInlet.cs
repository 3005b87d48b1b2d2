using System.Threading.Channels;
using EdgeConv.Core;
using MQTTnet;

namespace EdgeConv.Mqtt.Inlets;

/// <summary>
/// A subscription in a session that the broker keeps: every message of QoS 1 is handed over at least once, and
/// acknowledged only when it has been settled. How much is in flight is bounded by the broker, so that nobody
/// who is slow needs memory for it.
/// </summary>
public sealed class MqttInlet : IInlet
{
    private const int PacketHeaderBytes = 1 << 16;
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(10);
    private readonly InletOptions _options;
    private readonly Func<MqttOptions> _results;
    private readonly TimeProvider _time;
    private readonly uint _subscription;
    private Backoff? _backoff;
    private InletConnection? _connection;
    private long _openedAt;
    private TimeSpan _pause;
    private long _lostAt;

    /// <param name="options">What to subscribe to.</param>
    /// <param name="results">
    /// The broker that results go to, for options without one; asked when it is connected to.
    /// </param>
    /// <param name="time">Clock.</param>
    /// <exception cref="ConfigError">An option is wrong.</exception>
    public MqttInlet(InletOptions options, Func<MqttOptions> results, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _results = results;
        _time = time;
        _subscription = TopicFilter.IdOf(options.Filter);
        Name = $"mqtt:{options.Filter}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async ValueTask OpenAsync(CancellationToken cancellation)
    {
        if (_connection is { IsLost: false })
            return;
        if (_connection is { } lost)
            throw await LostAsync(lost).ConfigureAwait(false);
        TimeSpan left = _pause - _time.GetElapsedTime(_lostAt);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, _time, cancellation).ConfigureAwait(false);
        _connection = await ConnectAsync(cancellation).ConfigureAwait(false);
        _openedAt = _time.GetTimestamp();
    }

    /// <inheritdoc/>
    public async ValueTask<Delivery> ReceiveAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation).ConfigureAwait(false);
        InletConnection connection = _connection!;
        try
        {
            MqttDelivery delivery = await connection.ReadAsync(cancellation).ConfigureAwait(false);
            Require(delivery);
            return delivery;
        }
        catch (ChannelClosedException)
        {
            throw await LostAsync(connection).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Says at once whether the broker can be reached and offers what is needed, under another client id and
    /// without subscribing: nothing is taken from anybody.
    /// </summary>
    /// <exception cref="DeviceError">Why not.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        MqttOptions broker = Broker() with { ClientId = $"{_options.ClientId}-check" };
        using ClientCertificates certificates = ClientCertificates.Load(broker.Tls);
        InletConnection connection = await TryConnectAsync(
            broker, Options(broker, certificates).WithCleanStart().WithSessionExpiryInterval(0), cancellation)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            RequireGranted(connection.Answer, broker);
    }

    /// <summary>
    /// Takes nothing more; waits a second at most until what was taken is acknowledged, and leaves. The session
    /// and its subscription stay for <see cref="InletOptions.SessionExpiry"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        await connection.DrainAsync(s_drain).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private MqttOptions Broker() => (_options.Broker ?? _results()) with { ClientId = _options.ClientId };

    private async Task<InletConnection> ConnectAsync(CancellationToken cancellation)
    {
        MqttOptions broker = Broker();
        using ClientCertificates certificates = ClientCertificates.Load(broker.Tls);
        InletConnection connection = await TryConnectAsync(broker, Options(broker, certificates), cancellation)
            .ConfigureAwait(false);
        try
        {
            RequireGranted(connection.Answer, broker);
            MqttClientSubscribeResultCode code =
                await connection.SubscribeAsync(_options.Filter, cancellation).ConfigureAwait(false);
            if (code != MqttClientSubscribeResultCode.GrantedQoS1)
                throw new DeviceError(Name, $"{broker.Address} {TextOf(code, broker)}");
            return connection;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (error is EdgeConvError || cancellation.IsCancellationRequested)
                throw;
            throw new DeviceError(
                Name, $"{broker.Address} does not answer the subscription: {Faults.Line(error)}", error);
        }
    }

    private async Task<InletConnection> TryConnectAsync(
        MqttOptions broker, MqttClientOptionsBuilder options, CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = new(broker.AnswerTimeout, _time);
        using CancellationTokenSource attempt =
            CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await InletConnection.OpenAsync(ConnectOptions.Build(options), _time, attempt.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            throw new DeviceError(Name, Faults.OfConnecting(error, broker).Message, error);
        }
    }

    private MqttClientOptionsBuilder Options(MqttOptions broker, ClientCertificates certificates) =>
        ConnectOptions.For(broker, certificates, broker.KeepAlive)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)_options.SessionExpiry.TotalSeconds)
            .WithReceiveMaximum((ushort)_options.InFlight)
            .WithMaximumPacketSize((uint)(_options.MaxPayloadBytes + PacketHeaderBytes));

    private void RequireGranted(MqttClientConnectResult answer, MqttOptions broker)
    {
        if (_options.Group is not null && !answer.SharedSubscriptionAvailable)
            throw new DeviceError(Name, $"{broker.Address} {NoSharing}");
        if (TopicFilter.HasWildcard(_options.Topic) && !answer.WildcardSubscriptionAvailable)
            throw new DeviceError(Name, $"{broker.Address} offers no wildcards; name one topic without '+' and '#'");
        if (answer.MaximumQoS == MQTTnet.Protocol.MqttQualityOfServiceLevel.AtMostOnce)
            throw new DeviceError(
                Name, $"{broker.Address} offers QoS 0 only, at which messages get lost; QoS 1 is needed");
    }

    private const string NoSharing = "offers no shared subscriptions, which 'group' needs; "
        + "use a broker that does (mosquitto, EMQX, HiveMQ, VerneMQ), or leave 'group' out";

    private static string TextOf(MqttClientSubscribeResultCode code, MqttOptions broker) => code switch
    {
        MqttClientSubscribeResultCode.SharedSubscriptionsNotSupported => NoSharing,
        MqttClientSubscribeResultCode.NotAuthorized =>
            $"refuses the subscription: user '{broker.User}' may not read there",
        MqttClientSubscribeResultCode.GrantedQoS0 => "grants QoS 0 only, at which messages get lost; QoS 1 is needed",
        _ => $"refuses the subscription: {code}",
    };

    // Whatever ends connections soon (a rival with our id, results that nobody takes) is not to spin.
    private async Task<DeviceError> LostAsync(InletConnection connection)
    {
        _connection = null;
        MqttOptions broker = Broker();
        _backoff ??= new Backoff(broker.ReconnectMin, broker.ReconnectMax, Random.Shared);
        if (_time.GetElapsedTime(_openedAt) >= s_stable)
            _backoff.Reset();
        _pause = _backoff.Next();
        _lostAt = _time.GetTimestamp();
        string reason = connection.LostResults is > 0 and var lost
            ? $"{lost} results were lost on their way out; their messages are asked for again"
            : WhyLost(await connection.LossAsync().ConfigureAwait(false), broker);
        await connection.DisposeAsync().ConfigureAwait(false);
        return new DeviceError(Name, reason);
    }

    private static string WhyLost(MqttClientDisconnectedEventArgs? loss, MqttOptions broker) =>
        loss?.Reason == MqttClientDisconnectReason.SessionTakenOver
            ? $"another client has connected to {broker.Address} with our client id '{broker.ClientId}'; "
                + "give each its own 'client_id'"
            : $"lost the connection to {broker.Address}: {Faults.OfLoss(loss)}";

    private void Require(MqttDelivery delivery)
    {
        // After the topic or the group was changed the broker still keeps the former subscription.
        if (delivery.Subscriptions.Count > 0 && !delivery.Subscriptions.Contains(_subscription))
        {
            delivery.Settle(Settlement.Unusable);
            throw new DataError(delivery.Topic,
                $"came by a former subscription of client id '{_options.ClientId}', which the broker keeps; "
                    + "another 'client_id' leaves it behind");
        }

        if (delivery.Payload.Length > _options.MaxPayloadBytes)
        {
            delivery.Settle(Settlement.Unusable);
            throw new DataError(delivery.Topic,
                $"has {delivery.Payload.Length} bytes; at most {_options.MaxPayloadBytes} are taken "
                    + "('max_payload_kb')");
        }
    }
}
