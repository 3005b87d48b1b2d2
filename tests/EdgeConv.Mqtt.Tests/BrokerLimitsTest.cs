using System.Buffers;
using System.Net.Sockets;
using CsCheck;
using EdgeConv.Mqtt.Tests.Brokers;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt.Tests;

/// <summary>What a client cannot make the embedded broker keep.</summary>
public sealed class BrokerLimitsTest : IAsyncLifetime
{
    private static readonly EmbeddedBrokerOptions s_options = new()
    {
        Port = 0,
        MaxConnections = 4,
        MaxPacketBytes = 1000,
        MaxRetainedMessages = 3,
        MaxRetainedBytes = 1500,
        MaxSubscriptions = 2,
    };

    private EmbeddedBroker _broker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(s_options);

    public async ValueTask DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task A_packet_that_is_too_large_ends_its_connection_before_it_is_received()
    {
        using TcpClient client = new("127.0.0.1", _broker.Port);
        NetworkStream stream = client.GetStream();
        // CONNECT with a length of 268,435,455 bytes, of which none follows.
        await stream.WriteAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F }, Cancellation);
        Assert.Equal(0, await ReadToEndAsync(stream));
    }

    [Fact]
    public async Task A_client_that_publishes_too_much_is_disconnected_and_others_are_served()
    {
        using IMqttClient large = await ConnectAsync("large");
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        large.DisconnectedAsync += _ =>
        {
            gone.TrySetResult();
            return Task.CompletedTask;
        };
        using IMqttClient other = await ConnectAsync("other");
        await Assert.ThrowsAnyAsync<Exception>(() => PublishAsync(large, "t", 1001, retain: false));
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.True((await PublishAsync(other, "t", 900, retain: false)).IsSuccess);
    }

    [Fact]
    public async Task It_announces_its_largest_packet_and_no_aliases()
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        MqttClientConnectResult answer = await client.ConnectAsync(Options("c"), Cancellation);
        Assert.Equal(1000u, answer.MaximumPacketSize);
        Assert.Equal(0, answer.TopicAliasMaximum);
    }

    [Fact]
    public async Task A_client_without_a_name_is_given_one()
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        MqttClientConnectResult answer = await client.ConnectAsync(Options(""), Cancellation);
        Assert.StartsWith("client-", answer.AssignedClientIdentifier, StringComparison.Ordinal);
    }

    // mosquitto_sub speaks MQTT 3.1.1 and gives no name.
    [Fact]
    public async Task Clients_of_mqtt_3_without_a_name_stand_side_by_side()
    {
        MqttClientOptions options = Options("");
        options.ProtocolVersion = MqttProtocolVersion.V311;
        using IMqttClient first = new MqttClientFactory().CreateMqttClient();
        using IMqttClient second = new MqttClientFactory().CreateMqttClient();
        Assert.Equal(MqttClientConnectResultCode.Success, (await first.ConnectAsync(options, Cancellation)).ResultCode);
        Assert.Equal(MqttClientConnectResultCode.Success, (await second.ConnectAsync(options, Cancellation)).ResultCode);
        Assert.True(await first.TryPingAsync(Cancellation));
    }

    [Fact]
    public async Task The_sink_drops_a_result_that_is_too_large_and_stays_connected()
    {
        StatusLog log = new();
        await using MqttSink sink = MqttSink.Start(
            _broker.Reach(Samples.Options(_broker.Port) with { Protocol = MqttProtocol.V311 }), log.Add);
        await log.WaitAsync(MqttState.Connected);
        sink.Publish(Samples.Result(0, origin: new string('x', 2000)));
        await log.WaitAsync(MqttState.MessageRefused);
        Assert.True(sink.Counters.IsConnected);
    }

    [Fact]
    public async Task Retained_messages_are_bounded_in_number()
    {
        using IMqttClient client = await ConnectAsync("c");
        for (int i = 0; i < 3; i++)
            Assert.True((await PublishAsync(client, $"t{i}", 1)).IsSuccess);
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, (await PublishAsync(client, "t3", 1)).ReasonCode);
        Assert.True((await PublishAsync(client, "t1", 2)).IsSuccess);
        Assert.True((await PublishAsync(client, "t2", 0)).IsSuccess);
        Assert.True((await PublishAsync(client, "t3", 1)).IsSuccess);
    }

    [Fact]
    public async Task Retained_messages_are_bounded_in_bytes()
    {
        using IMqttClient client = await ConnectAsync("c");
        Assert.True((await PublishAsync(client, "t0", 900)).IsSuccess);
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, (await PublishAsync(client, "t1", 900)).ReasonCode);
        Assert.True((await PublishAsync(client, "t0", 100)).IsSuccess);
        Assert.True((await PublishAsync(client, "t1", 900)).IsSuccess);
    }

    [Fact]
    public async Task Subscriptions_of_a_client_are_bounded_and_may_be_exchanged()
    {
        using IMqttClient client = await ConnectAsync("c");
        await client.SubscribeAsync("a", cancellationToken: Cancellation);
        await client.SubscribeAsync("b", cancellationToken: Cancellation);
        await client.SubscribeAsync("b", cancellationToken: Cancellation);
        MqttClientSubscribeResult third = await client.SubscribeAsync("c", cancellationToken: Cancellation);
        Assert.Equal(MqttClientSubscribeResultCode.QuotaExceeded, third.Items.Single().ResultCode);
        await client.UnsubscribeAsync("a", Cancellation);
        third = await client.SubscribeAsync("c", cancellationToken: Cancellation);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS0, third.Items.Single().ResultCode);
    }

    [Fact]
    public async Task A_client_that_uses_an_alias_is_disconnected()
    {
        using IMqttClient client = await ConnectAsync("c");
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += _ =>
        {
            gone.TrySetResult();
            return Task.CompletedTask;
        };
        MqttApplicationMessage message = new() { Topic = "t", TopicAlias = 1 };
        try
        {
            await client.PublishAsync(message, Cancellation);
        }
        catch (MqttCommunicationException)
        {
            // The answer may be overtaken by the end of the connection, or the client refuses by itself.
            return;
        }

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task Sockets_that_say_nothing_are_bounded()
    {
        List<TcpClient> silent = [];
        int closed = 0;
        for (int i = 0; i < 20; i++)
            silent.Add(new TcpClient("127.0.0.1", _broker.Port));
        // Of 20, 4 + 8 are held open; the listener closes the rest at once.
        foreach (TcpClient client in silent.AsEnumerable().Reverse().Take(8))
        {
            Assert.Equal(0, await ReadToEndAsync(client.GetStream()));
            closed++;
        }

        Assert.Equal(8, closed);
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Framing_follows_any_packets_cut_anywhere() =>
        Gen.Select(Gen.Int[0, 300].Array[0, 20], Gen.Int[1, 400].Array[1, 50]).Sample((sizes, cuts) =>
    {
        byte[] stream = [.. sizes.SelectMany(PacketOf)];
        PacketFraming framing = new(most: 303);
        int at = 0;
        for (int i = 0; at < stream.Length; i++)
        {
            int count = Math.Min(cuts[i % cuts.Length], stream.Length - at);
            framing.Follow(stream.AsSpan(at, count));
            at += count;
        }

        Assert.Throws<MqttProtocolViolationException>(() => framing.Follow(PacketOf(301)));
    });

    [Fact]
    public void A_length_without_end_is_refused() => Assert.Throws<MqttProtocolViolationException>(
        () => new PacketFraming(int.MaxValue).Follow([0x30, 0x80, 0x80, 0x80, 0x80]));

    // A PUBLISH of a body of bytes that would be read as huge lengths if the framing slipped.
    private static byte[] PacketOf(int body)
    {
        List<byte> packet = [0x30];
        int length = body;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. packet, .. Enumerable.Repeat((byte)0xFF, body)];
    }

    private static async Task<int> ReadToEndAsync(NetworkStream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static Task<MqttClientPublishResult> PublishAsync(
        IMqttClient client, string topic, int bytes, bool retain = true) => client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(new byte[bytes]),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = retain,
        },
        Cancellation);

    private async Task<IMqttClient> ConnectAsync(string id)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(Options(id), Cancellation);
        return client;
    }

    private MqttClientOptions Options(string id) => new MqttClientOptionsBuilder()
        .WithTcpServer("127.0.0.1", _broker.Port)
        .WithProtocolVersion(MqttProtocolVersion.V500)
        .WithClientId(id)
        .Build();
}
