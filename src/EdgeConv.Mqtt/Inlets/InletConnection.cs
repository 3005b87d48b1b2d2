using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using EdgeConv.Core;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt.Inlets;

/// <summary>
/// One connection's messages: those that have arrived, and those that are not acknowledged yet. Acknowledgements
/// leave in the order of arrival, as MQTT wants them (5.0 section 4.6), however the messages are settled.
/// </summary>
internal sealed class InletConnection : IAsyncDisposable
{
    // What a broker that keeps to the limit never needs.
    private const int HeldPerAllowed = 2;
    private readonly HeldMessages _held;
    private readonly TimeProvider _time;
    private readonly Channel<MqttDelivery> _arrived = Channel.CreateUnbounded<MqttDelivery>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<MqttDelivery> _unsettled = new();
    private readonly Lock _lock = new();
    private readonly Wake _wake = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BrokerConnection? _broker;
    private Task _acknowledging = Task.CompletedTask;
    private volatile bool _isClosing;
    private int _lostResults;

    private InletConnection(int inFlight, TimeProvider time)
    {
        _held = new HeldMessages(HeldPerAllowed * inFlight);
        _time = time;
    }

    /// <summary>What the broker granted.</summary>
    public MqttClientConnectResult Answer => _broker!.Answer;

    /// <summary>Whether nothing more comes, and nothing can be acknowledged any more.</summary>
    public bool IsLost => _broker is not { IsLost: false } || Volatile.Read(ref _lostResults) != 0;

    /// <summary>Results of its messages that were lost on their way out.</summary>
    public int LostResults => Volatile.Read(ref _lostResults);

    /// <summary>Connects; messages of a session that the broker has kept come from now on.</summary>
    /// <exception cref="BrokerRefusal">The broker said no; other exceptions see <see cref="Faults"/>.</exception>
    public static async Task<InletConnection> OpenAsync(
        MqttClientOptions options, TimeProvider time, CancellationToken cancellation)
    {
        InletConnection connection = new(options.ReceiveMaximum, time);
        IMqttClient client = new MqttClientFactory().CreateMqttClient(new HoldingAdapterFactory(connection._held));
        client.ApplicationMessageReceivedAsync += connection.TakeInAsync;
        connection._broker = await BrokerConnection.OpenAsync(client, options, connection.End, time, cancellation)
            .ConfigureAwait(false);
        return connection;
    }

    /// <summary>Subscribes; from now on what is settled is acknowledged.</summary>
    public async Task<MqttClientSubscribeResultCode> SubscribeAsync(string filter, CancellationToken cancellation)
    {
        MqttClientSubscribeOptionsBuilder options = new MqttClientSubscribeOptionsBuilder().WithTopicFilter(
            topic => topic.WithTopic(filter).WithAtLeastOnceQoS()
                // What was retained before is a state of then, no sample of now.
                .WithRetainHandling(MqttRetainHandling.DoNotSendOnSubscribe));
        if (Answer.SubscriptionIdentifiersAvailable)
            options.WithSubscriptionIdentifier(TopicFilter.IdOf(filter));
        MqttClientSubscribeResult answer =
            await _broker!.Client.SubscribeAsync(options.Build(), cancellation).ConfigureAwait(false);
        _held.Bound();
        _acknowledging = Task.Run(AcknowledgeAsync, CancellationToken.None);
        return answer.Items.First().ResultCode;
    }

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="ChannelClosedException">The connection is lost.</exception>
    public async ValueTask<MqttDelivery> ReadAsync(CancellationToken cancellation)
    {
        // What has arrived over a lost connection comes again over the next.
        if (IsLost)
            throw new ChannelClosedException();
        MqttDelivery delivery = await _arrived.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        delivery.IsTaken = true;
        if (!delivery.IsPromised)
            _held.Remove();
        return delivery;
    }

    /// <summary>A message has been settled.</summary>
    public void Note(Settlement settlement)
    {
        if (settlement == Settlement.Lost)
        {
            // The broker sends nothing again while the connection lasts.
            Interlocked.Increment(ref _lostResults);
            End();
        }

        _wake.Set();
    }

    /// <summary>Why it was lost, in words.</summary>
    public async Task<MqttClientDisconnectedEventArgs?> LossAsync() =>
        _broker is null ? null : await _broker.LossAsync().ConfigureAwait(false);

    /// <summary>
    /// Takes nothing more, and waits until what was taken is acknowledged, at most <paramref name="limit"/>.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        _isClosing = true;
        _wake.Set();
        if (!IsLost)
            await Task.WhenAny(_drained.Task, _acknowledging, Task.Delay(limit, _time)).ConfigureAwait(false);
    }

    /// <summary>Says goodbye, if there is still somebody; the session stays.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _end.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        await _acknowledging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_broker is { IsLost: false })
            await _broker.LeaveAsync(null).ConfigureAwait(false);
        _broker?.Dispose();
        _end.Dispose();
    }

    private void End()
    {
        _arrived.Writer.TryComplete();
        _wake.Set();
    }

    private Task TakeInAsync(MqttApplicationMessageReceivedEventArgs message)
    {
        message.AutoAcknowledge = false;
        MqttDelivery delivery = new(this, message, _time);
        if (delivery.IsPromised)
        {
            lock (_lock)
                _unsettled.Enqueue(delivery);
        }

        _arrived.Writer.TryWrite(delivery);
        return Task.CompletedTask;
    }

    private async Task AcknowledgeAsync()
    {
        try
        {
            while (!_end.IsCancellationRequested && _broker is { IsLost: false })
            {
                while (TryTakeSettled(out MqttDelivery? delivery))
                {
                    await delivery.AcknowledgeAsync(_end.Token).ConfigureAwait(false);
                    _held.Remove();
                }

                if (_isClosing && !OwesTaken())
                    _drained.TrySetResult();
                await _wake.WaitAsync().ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The connection broke: what was not acknowledged comes again over the next.
            End();
        }
    }

    private bool TryTakeSettled([NotNullWhen(true)] out MqttDelivery? delivery)
    {
        lock (_lock)
        {
            if (_unsettled.TryPeek(out delivery) && delivery.IsSettled)
            {
                _unsettled.Dequeue();
                return true;
            }

            delivery = null;
            return false;
        }
    }

    private bool OwesTaken()
    {
        lock (_lock)
            return _unsettled.TryPeek(out MqttDelivery? oldest) && oldest.IsTaken;
    }
}
