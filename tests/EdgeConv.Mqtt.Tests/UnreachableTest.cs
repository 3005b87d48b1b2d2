using System.Net;
using System.Net.Sockets;
using EdgeConv.Mqtt.Tests.Brokers;

namespace EdgeConv.Mqtt.Tests;

public sealed class UnreachableTest
{
    private readonly StatusLog _log = new();

    [Fact]
    public async Task A_closed_port_is_reported_once_however_often_it_is_tried()
    {
        await using MqttSink sink = Start(Mosquitto.FreePort());
        MqttStatus status = await _log.WaitAsync(MqttState.Unreachable);
        Assert.Contains("connection refused", status.Message, StringComparison.Ordinal);
        using TcpListener listener = new(IPAddress.Loopback, sink.Options.EffectivePort);
        listener.Start();
        (await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Close();
        await _log.WaitAsync(MqttState.Refused);
        Assert.Single(_log.All, one => one.State == MqttState.Unreachable);
    }

    [Fact]
    public async Task An_unknown_host_is_named()
    {
        await using MqttSink sink = MqttSink.Start(
            Samples.Options(1) with { Host = "broker.invalid" }, _log.Add);
        await _log.WaitAsync(MqttState.Unreachable, "broker.invalid:1");
    }

    [Fact]
    public async Task A_server_that_speaks_only_3_1_1_is_told_from_its_answer()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using MqttSink sink = Start(PortOf(listener));
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        byte[] unacceptableProtocol = [0x20, 2, 0, 1];
        await client.GetStream().WriteAsync(unacceptableProtocol, TestContext.Current.CancellationToken);
        await _log.WaitAsync(MqttState.Refused, "3.1.1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_with_a_broker_that_never_answers_ends_and_counts_what_is_lost(bool accepts)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        MqttSink sink = MqttSink.Start(
            Samples.Options(PortOf(listener)) with { DrainTimeout = TimeSpan.FromMilliseconds(200) },
            _log.Add);
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        byte[] success = [0x20, 3, 0, 0, 0];
        if (accepts)
            await client.GetStream().WriteAsync(success, TestContext.Current.CancellationToken);
        for (int i = 0; i < 30; i++)
            sink.Publish(Samples.Result(i));
        await sink.DisposeAsync().AsTask().WaitAsync(
            TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal((0, 30L), (sink.Counters.Queued, sink.Counters.Dropped));
        await _log.WaitAsync(MqttState.Stopped, "30 results");
    }

    [Fact]
    public async Task A_stop_that_owes_nothing_does_not_wait_for_a_silent_broker()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        MqttSink sink = MqttSink.Start(
            Samples.Options(PortOf(listener)) with { DrainTimeout = TimeSpan.FromHours(1) });
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await sink.DisposeAsync().AsTask().WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_stop_the_sink()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0 });
        await using Observer observer = await Observer.StartAsync(broker.Port);
        await using MqttSink sink = MqttSink.Start(
            Samples.Options(broker.Port),
            _ => throw new InvalidOperationException("a listener's own trouble"));
        sink.Publish(Samples.Result(0));
        await observer.WaitResultsAsync(0);
    }

    [Fact]
    public async Task Two_sinks_with_one_client_id_do_not_fight()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0 });
        MqttOptions options = Samples.Options(broker.Port) with { ReconnectMax = TimeSpan.FromHours(1) };
        StatusLog second = new();
        await using MqttSink first = MqttSink.Start(options, _log.Add);
        await _log.WaitAsync(MqttState.Connected);
        await using MqttSink rival = MqttSink.Start(options, second.Add);
        await second.WaitAsync(MqttState.Connected);
        await _log.WaitAsync(MqttState.TakenOver);
        Assert.Equal((1L, 1L), (first.Counters.Connects, rival.Counters.Connects));
        Assert.True(rival.Counters.IsConnected);
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private MqttSink Start(int port) => MqttSink.Start(Samples.Options(port), _log.Add);
}
