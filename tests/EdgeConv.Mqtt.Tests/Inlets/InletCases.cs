using System.Text;
using EdgeConv.Core;
using EdgeConv.Mqtt.Inlets;
using EdgeConv.Mqtt.Tests.Brokers;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt.Tests.Inlets;

/// <summary>What an inlet promises, whatever the broker.</summary>
public abstract class InletCases : IAsyncLifetime
{
    protected static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private readonly List<MqttInlet> _inlets = [];
    private IMqttClient _publisher = null!;

    protected TestBroker Broker { get; private set; } = null!;

    protected Relay Relay { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Broker = CreateBroker();
        await Broker.StartAsync();
        Relay = new Relay(Broker.Port);
        _publisher = new MqttClientFactory().CreateMqttClient();
        await _publisher.ConnectAsync(new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", Broker.Port).WithProtocolVersion(MqttProtocolVersion.V500).Build());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MqttInlet inlet in _inlets)
            await inlet.DisposeAsync();
        _publisher.Dispose();
        await Relay.DisposeAsync();
        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_message_has_topic_payload_and_correlation()
    {
        MqttInlet inlet = await OpenAsync();
        await PublishAsync("t/1", "hello", correlation: [1, 2, 3]);
        Delivery delivery = await ReceiveAsync(inlet);
        Assert.Equal(("t/1", "hello"), (delivery.Topic, TextOf(delivery)));
        Assert.Equal([1, 2, 3], delivery.Correlation.ToArray());
        await PublishAsync("other/1", "not ours");
        Assert.Null(await TryReceiveAsync(inlet));
    }

    [Fact]
    public async Task However_much_the_broker_sends_no_more_are_held_than_twice_what_may_be_in_flight()
    {
        const int InFlight = 3, Count = 60;
        MqttInlet inlet = await OpenAsync(options => options with { InFlight = InFlight });
        for (int i = 0; i < Count; i++)
            await PublishAsync("t/1", $"{i}");
        Queue<Delivery> open = new();
        List<string> seen = [];
        while (seen.Count < Count)
        {
            while (await TryReceiveAsync(inlet) is { } delivery)
            {
                open.Enqueue(delivery);
                seen.Add(TextOf(delivery));
                Assert.InRange(open.Count, 1, 2 * InFlight);
            }

            while (open.TryDequeue(out Delivery? oldest))
                oldest.Settle(Settlement.Secured);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}"), seen);
    }

    [Fact]
    public async Task What_was_retained_before_the_subscription_is_not_asked_for()
    {
        await PublishAsync("t/1", "old", retain: true);
        MqttInlet inlet = await OpenAsync();
        await PublishAsync("t/1", "new");
        Assert.Equal("new", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task What_comes_at_QoS_0_is_held_within_the_same_bound_and_goes_when_it_is_taken()
    {
        MqttInlet inlet = await OpenAsync(options => options with { InFlight = 2 });
        for (int i = 0; i < 20; i++)
            await PublishAsync("t/1", $"{i}", MqttQualityOfServiceLevel.AtMostOnce);
        for (int i = 0; i < 20; i++)
        {
            Delivery delivery = await ReceiveAsync(inlet);
            Assert.Equal($"{i}", TextOf(delivery));
            delivery.Settle(i % 2 == 0 ? Settlement.Secured : Settlement.Lost);
        }

        await PublishAsync("t/1", "last");
        Assert.Equal("last", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task A_lost_connection_is_told_and_made_again()
    {
        MqttInlet inlet = await OpenAsync();
        Relay.Cut();
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReceiveAsync(inlet));
        Assert.StartsWith($"mqtt:t/#: lost the connection to 127.0.0.1:{Relay.Port}", error.Message, StringComparison.Ordinal);
        await inlet.OpenAsync(TestContext.Current.CancellationToken);
        await PublishAsync("t/1", "again");
        Assert.Equal("again", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_named()
    {
        Relay.Shut();
        MqttInlet inlet = Make(options => options);
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReceiveAsync(inlet));
        Assert.StartsWith($"mqtt:t/#: 127.0.0.1:{Relay.Port} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_our_id_is_named_and_we_come_back_after_a_pause()
    {
        MqttInlet inlet = await OpenAsync();
        using IMqttClient rival = new MqttClientFactory().CreateMqttClient();
        await rival.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Broker.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("inlet").Build(),
            TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<DeviceError>(() => ReceiveAsync(inlet));
        await inlet.OpenAsync(TestContext.Current.CancellationToken);
        await PublishAsync("t/1", "ours");
        Assert.Equal("ours", TextOf(await ReceiveAsync(inlet)));
    }

    protected abstract TestBroker CreateBroker();

    protected MqttInlet Make(Func<InletOptions, InletOptions> change)
    {
        InletOptions options = change(new InletOptions { Topic = "t/#", ClientId = "inlet" });
        MqttInlet inlet = new(options, () => new MqttOptions
        {
            Host = "127.0.0.1",
            Port = Relay.Port,
            ReconnectMin = TimeSpan.FromMilliseconds(100),
            AnswerTimeout = TimeSpan.FromSeconds(5),
        }, TimeProvider.System);
        _inlets.Add(inlet);
        return inlet;
    }

    protected async Task<MqttInlet> OpenAsync(Func<InletOptions, InletOptions>? change = null)
    {
        MqttInlet inlet = Make(change ?? (options => options));
        await inlet.OpenAsync(TestContext.Current.CancellationToken);
        return inlet;
    }

    protected Task PublishAsync(
        string topic, string text, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce,
        byte[]? correlation = null, bool retain = false) => _publisher.PublishAsync(new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new System.Buffers.ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)),
            QualityOfServiceLevel = qos,
            CorrelationData = correlation,
            Retain = retain,
        });

    protected static async Task<Delivery> ReceiveAsync(MqttInlet inlet)
    {
        using CancellationTokenSource patience = Patience.Source();
        return await inlet.ReceiveAsync(patience.Token);
    }

    /// <summary>The next message, or null when none comes for a while.</summary>
    protected static async Task<Delivery?> TryReceiveAsync(MqttInlet inlet)
    {
        using CancellationTokenSource quiet = new(Quiet);
        try
        {
            return await inlet.ReceiveAsync(quiet.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    protected static string TextOf(Delivery delivery) => Encoding.UTF8.GetString(delivery.Payload.Span);
}

public sealed class EmbeddedInletTest : InletCases
{
    [Fact]
    public async Task A_group_is_refused_by_the_embedded_broker_which_shares_nothing()
    {
        MqttInlet inlet = Make(options => options with { Group = "g" });
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReceiveAsync(inlet));
        Assert.Equal(
            $"mqtt:$share/g/t/#: 127.0.0.1:{Relay.Port} offers no shared subscriptions, which 'group' needs; "
                + "use a broker that does (mosquitto, EMQX, HiveMQ, VerneMQ), or leave 'group' out", error.Message);
        await Assert.ThrowsAsync<DeviceError>(() => inlet.CheckAsync(TestContext.Current.CancellationToken));
    }

    protected override TestBroker CreateBroker() => new EmbeddedTestBroker();
}
