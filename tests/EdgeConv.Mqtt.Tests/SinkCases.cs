using EdgeConv.Core;
using EdgeConv.Mqtt.Tests.Brokers;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt.Tests;

/// <summary>What the sink promises, whatever the broker and the protocol.</summary>
public abstract class SinkCases(MqttProtocol protocol) : IAsyncLifetime
{
    private readonly StatusLog _log = new();
    private TestBroker _broker = null!;
    private Relay _relay = null!;
    private Observer _observer = null!;
    private int _lateObservers;

    public async ValueTask InitializeAsync()
    {
        _broker = CreateBroker();
        await _broker.StartAsync();
        _relay = new Relay(_broker.Port);
        _observer = await Observer.StartAsync(_broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _observer.DisposeAsync();
        await _relay.DisposeAsync();
        await _broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Status_is_online_when_connected_and_stopped_after_a_clean_stop()
    {
        MqttSink sink = Start();
        await _observer.WaitStatusAsync("online");
        await sink.DisposeAsync();
        Seen next = await _observer.WaitAsync(seen => seen.Topic == $"{Samples.Base}/status");
        Assert.Equal("stopped", next.Text);
        await using Observer late = await LateObserverAsync();
        Seen kept = await late.WaitStatusAsync("stopped");
        Assert.True(kept.IsRetained);
    }

    [Fact]
    public async Task The_will_says_offline_when_the_socket_breaks_and_online_comes_back()
    {
        await using MqttSink sink = Start();
        await _observer.WaitStatusAsync("online");
        _relay.Shut();
        await _observer.WaitStatusAsync("offline");
        await using Observer late = await LateObserverAsync();
        Assert.True((await late.WaitStatusAsync("offline")).IsRetained);
        _relay.Open();
        await _observer.WaitStatusAsync("online");
        await _log.WaitAsync(MqttState.Lost);
    }

    [Fact]
    public async Task Results_arrive_once_in_order_with_their_properties()
    {
        await using MqttSink sink = Start();
        await _log.WaitAsync(MqttState.Connected);
        for (int i = 0; i < 300; i++)
            sink.Publish(Samples.Result(i));
        Seen first = await _observer.WaitAsync(seen => seen.Topic == $"{Samples.Base}/fashion/result");
        Assert.Equal(0, first.Result.Seq);
        Assert.False(first.IsRetained);
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, first.Message.QualityOfServiceLevel);
        if (protocol == MqttProtocol.V5)
        {
            Assert.Equal("application/json", first.Message.ContentType);
            Assert.Equal(MqttPayloadFormatIndicator.CharacterData, first.Message.PayloadFormatIndicator);
            Assert.InRange(first.Message.MessageExpiryInterval, 1u, 60u);
        }

        Assert.Equal(Enumerable.Range(1, 299).Select(i => (long)i), await _observer.WaitResultsAsync(299));
    }

    [Fact]
    public async Task Events_alarms_and_decisions_arrive_in_order_with_results_and_are_not_retained()
    {
        _relay.Shut();
        await using MqttSink sink = Start();
        Finding[] findings =
        [
            Samples.Result(0), Samples.Event(EventPhase.Start),
            Samples.Decision(), Samples.Alarm(1), Samples.Event(EventPhase.End),
        ];
        foreach (Finding finding in findings)
            sink.Publish(finding);
        _relay.Open();
        foreach (string topic in (string[])["result", "event", "governor", "drift", "event"])
        {
            Seen seen = await _observer.WaitAsync(
                one => one.Topic.StartsWith($"{Samples.Base}/fashion/", StringComparison.Ordinal));
            Assert.Equal($"{Samples.Base}/fashion/{topic}", seen.Topic);
            Assert.False(seen.IsRetained);
            Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, seen.Message.QualityOfServiceLevel);
        }

        await using Observer late = await LateObserverAsync();
        await late.WaitStatusAsync("online");
        sink.Publish(Samples.Result(1));
        Seen first = await late.WaitAsync(
            one => one.Topic.StartsWith($"{Samples.Base}/fashion/", StringComparison.Ordinal));
        Assert.Equal(1, first.Result.Seq);
    }

    [Fact]
    public async Task What_is_published_while_the_broker_is_away_arrives_in_order_without_loss()
    {
        await using MqttSink sink = Start();
        await _observer.WaitStatusAsync("online");
        _relay.Shut();
        await _observer.WaitStatusAsync("offline");
        for (int i = 0; i < 100; i++)
            sink.Publish(Samples.Result(i));
        _relay.Open();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), await _observer.WaitResultsAsync(99));
        Assert.Equal(0, sink.Counters.Dropped);
    }

    [Fact]
    public async Task A_full_queue_drops_the_oldest_counts_and_reports_them()
    {
        _relay.Shut();
        MqttSink sink = Start(options => options with { QueueLimit = 10, HealthInterval = TimeSpan.Zero });
        for (int i = 0; i < 25; i++)
            sink.Publish(Samples.Result(i));
        Assert.Equal((10, 15L), (sink.Counters.Queued, sink.Counters.Dropped));
        await _log.WaitAsync(MqttState.Overflow);
        _relay.Open();
        Seen health = await _observer.WaitAsync(seen => seen.Topic == $"{Samples.Base}/health");
        Assert.Equal(
            (15, 10, 10),
            (health.BrokerHealth.Dropped, health.BrokerHealth.Queued, health.BrokerHealth.QueueLimit));
        Assert.Equal(Enumerable.Range(15, 10).Select(i => (long)i), await _observer.WaitResultsAsync(24));
        await _log.WaitAsync(MqttState.Connected, "15 results dropped");
        await sink.DisposeAsync();
        Assert.Equal(10, sink.Counters.Published);
    }

    [Fact]
    public async Task Unacknowledged_results_are_sent_again_after_a_loss()
    {
        await using MqttSink sink = Start();
        await _observer.WaitStatusAsync("online");
        await _log.WaitAsync(MqttState.Connected);
        _relay.IsMute = true;
        for (int i = 0; i < 40; i++)
            sink.Publish(Samples.Result(i));
        await _observer.WaitResultsAsync(5);
        Assert.Equal(40, sink.Counters.Queued);
        _relay.Cut();
        _relay.IsMute = false;
        await _observer.WaitStatusAsync("online");
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), await _observer.WaitResultsAsync(39));
    }

    [Fact]
    public async Task A_broker_that_acknowledges_nothing_is_left_and_tried_again()
    {
        await using MqttSink sink = Start(
            options => options with { AnswerTimeout = TimeSpan.FromSeconds(2) });
        await _observer.WaitStatusAsync("online");
        await _log.WaitAsync(MqttState.Connected);
        _relay.IsMute = true;
        sink.Publish(Samples.Result(0));
        await _log.WaitAsync(MqttState.Lost, "acknowledged nothing");
        _relay.IsMute = false;
        await _log.WaitAsync(MqttState.Connected);
        sink.Publish(Samples.Result(1));
        await _observer.WaitResultsAsync(1);
        Assert.Single(_log.All, status => status.State == MqttState.Lost);
    }

    [Fact]
    public async Task After_a_restart_of_the_broker_status_and_the_latest_health_are_there_again()
    {
        await using MqttSink sink = Start();
        for (int i = 0; i <= 50; i++)
            sink.Publish(Samples.Health(i));
        sink.Publish(Samples.Health(7, "heart"));
        await _observer.WaitAsync(IsHealthOf("fashion", 50));
        await _observer.WaitAsync(IsHealthOf("heart", 7));
        await _observer.DisposeAsync();
        await _broker.StopAsync();
        await _log.WaitAsync(MqttState.Lost);
        await _broker.StartAsync();
        await _log.WaitAsync(MqttState.Connected);
        _observer = await Observer.StartAsync(_broker.Port);
        HashSet<string> topics = [];
        while (topics.Count < 4)
            topics.Add((await _observer.WaitAsync(seen => seen.Text != "offline")).Topic);
        string[] right = ["status", "health", "fashion/health", "heart/health"];
        Assert.Equal(right.Select(topic => $"{Samples.Base}/{topic}").Order(), topics.Order());
        Assert.Equal(2, sink.Counters.Connects);
    }

    [Fact]
    public async Task Of_health_published_during_an_outage_only_the_latest_is_sent()
    {
        _relay.Shut();
        await using MqttSink sink = Start();
        for (int i = 0; i <= 20; i++)
            sink.Publish(Samples.Health(i));
        _relay.Open();
        Seen first = await _observer.WaitAsync(seen => seen.Topic == $"{Samples.Base}/fashion/health");
        Assert.Equal(20, first.Health.Results);
        await using Observer late = await LateObserverAsync();
        Assert.True((await late.WaitAsync(IsHealthOf("fashion", 20))).IsRetained);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retiring_a_pipeline_clears_its_retained_health(bool whileTheBrokerIsAway)
    {
        await using MqttSink sink = Start();
        sink.Publish(Samples.Health(3));
        sink.Publish(Samples.Health(4, "heart"));
        await _observer.WaitAsync(IsHealthOf("heart", 4));
        if (whileTheBrokerIsAway)
            _relay.Shut();
        sink.Retire("fashion");
        _relay.Open();
        await _observer.WaitAsync(
            seen => seen.Topic == $"{Samples.Base}/fashion/health" && seen.Text.Length == 0);
        await using Observer late = await LateObserverAsync();
        Seen kept = await late.WaitAsync(
            seen => seen.Topic is $"{Samples.Base}/fashion/health" or $"{Samples.Base}/heart/health");
        Assert.Equal($"{Samples.Base}/heart/health", kept.Topic);
    }

    [Fact]
    public async Task A_snapshot_s_pictures_are_retained_and_of_an_outage_only_the_newest_is_sent()
    {
        await using MqttSink sink = Start();
        await _observer.WaitStatusAsync("online");
        sink.Publish(Samples.Snapshot("first") with { Expiry = TimeSpan.FromMinutes(30) });
        Seen first = await _observer.WaitAsync(IsPicture("snapshot", "first"));
        await _observer.WaitAsync(IsPicture("heatmap", "heat of first"));
        if (protocol == MqttProtocol.V5)
        {
            Assert.Equal("image/jpeg", first.Message.ContentType);
            Assert.InRange(first.Message.MessageExpiryInterval, 1700u, 1800u);
            Assert.Equal(
                [$"ts={PayloadText.Of(Samples.Noon)}", "seq=41"],
                first.Message.UserProperties.Select(property => $"{property.Name}={System.Text.Encoding.UTF8.GetString(property.ValueBuffer.Span)}"));
        }

        _relay.Shut();
        await _observer.WaitStatusAsync("offline");
        for (int i = 0; i < 50; i++)
            sink.Publish(Samples.Result(i));
        foreach (string word in (string[])["stale", "staler", "newest"])
            sink.Publish(Samples.Snapshot(word));
        _relay.Open();
        Seen next = await _observer.WaitAsync(seen => seen.Topic == $"{Samples.Base}/fashion/snapshot");
        Assert.Equal("newest", next.Text);
        await using Observer late = await LateObserverAsync();
        Assert.True((await late.WaitAsync(IsPicture("snapshot", "newest"))).IsRetained);
        // Which of the two comes first is not said: one may have been in flight when the connection broke.
        await using Observer other = await LateObserverAsync();
        await other.WaitAsync(IsPicture("heatmap", "heat of newest"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pictures_of_a_pipeline_that_gives_none_any_more_are_cleared(bool isRemoved)
    {
        await using MqttSink sink = Start();
        sink.Publish(Samples.Snapshot("one"));
        sink.Publish(Samples.Snapshot("other", "heart"));
        await _observer.WaitAsync(seen => seen.Topic == $"{Samples.Base}/heart/snapshot");
        if (isRemoved)
            sink.Retire("fashion");
        else
            sink.ClearPictures("fashion");
        sink.ClearPictures("never");
        await _observer.WaitAsync(IsPicture("snapshot", ""));
        await _observer.WaitAsync(IsPicture("heatmap", ""));
        await using Observer late = await LateObserverAsync();
        Seen kept = await late.WaitAsync(seen => seen.Topic.EndsWith("/snapshot", StringComparison.Ordinal));
        Assert.Equal($"{Samples.Base}/heart/snapshot", kept.Topic);
    }

    [Fact]
    public async Task A_stop_delivers_what_is_queued_first()
    {
        MqttSink sink = Start();
        for (int i = 0; i < 200; i++)
            sink.Publish(Samples.Result(i));
        await sink.DisposeAsync();
        Assert.Equal(200, (await _observer.WaitResultsAsync(199)).Count);
        await _observer.WaitStatusAsync("stopped");
        Assert.Equal((200L, 0L, 0), (sink.Counters.Published, sink.Counters.Dropped, sink.Counters.Queued));
    }

    [Fact]
    public async Task A_problem_of_the_daemon_is_in_its_health_at_once_until_it_is_withdrawn()
    {
        await using MqttSink sink = Start(options => options with { HealthInterval = TimeSpan.FromHours(1) });
        await _observer.WaitAsync(seen => IsOwnHealth(seen) && seen.BrokerHealth.LastProblem is null);
        sink.Announce("reload refused: c.yaml:3: bad");
        await _observer.WaitAsync(
            seen => IsOwnHealth(seen) && seen.BrokerHealth.LastProblem == "reload refused: c.yaml:3: bad");
        await using Observer late = await LateObserverAsync();
        Seen kept = await late.WaitAsync(IsOwnHealth);
        Assert.True(kept.IsRetained);
        Assert.NotNull(kept.BrokerHealth.LastProblem);
        sink.Announce(null);
        await _observer.WaitAsync(seen => IsOwnHealth(seen) && seen.BrokerHealth.LastProblem is null);
    }

    [Fact]
    public async Task A_stop_within_a_limit_ends_though_the_broker_acknowledges_nothing()
    {
        MqttSink sink = Start(options => options with { DrainTimeout = TimeSpan.FromHours(1) });
        await _observer.WaitStatusAsync("online");
        await _log.WaitAsync(MqttState.Connected);
        _relay.IsMute = true;
        for (int i = 0; i < 30; i++)
            sink.Publish(Samples.Result(i));
        await sink.StopAsync(TimeSpan.FromSeconds(2));
        await sink.DisposeAsync();
        Assert.Equal((0L, 30L), (sink.Counters.Published, sink.Counters.Dropped));
    }

    [Fact]
    public async Task What_is_published_after_a_stop_is_ignored()
    {
        MqttSink sink = Start();
        await sink.DisposeAsync();
        await sink.DisposeAsync();
        sink.Publish(Samples.Result(0));
        sink.Publish(Samples.Health(0));
        sink.Retire("fashion");
        Assert.Equal(0, sink.Counters.Queued);
    }

    [Fact]
    public async Task A_client_with_our_id_makes_us_yield_with_a_clear_word()
    {
        await using MqttSink sink = Start(options => options with { ReconnectMax = TimeSpan.FromHours(1) });
        // A broker that does not say why it closes (MQTT 3.1.1, mosquitto 2.0) has to do it three times.
        List<IMqttClient> rivals = [];
        MqttStatus status;
        while ((status = await _log.WaitAsync(MqttState.Connected,
        MqttState.TakenOver)).State == MqttState.Connected)
            rivals.Add(await ConnectRivalAsync());
        Assert.Contains("'sink-under-test'", status.Message, StringComparison.Ordinal);
        Assert.InRange(rivals.Count, 1, 3);
        Assert.Equal(rivals.Count, sink.Counters.Connects);
        Assert.True(rivals[^1].IsConnected);
        rivals.ForEach(rival => rival.Dispose());
    }

    [Fact]
    public async Task A_pipeline_whose_name_is_no_topic_level_is_refused_not_thrown()
    {
        await using MqttSink sink = Start();
        sink.Publish(Samples.Result(0, "a/b"));
        sink.Publish(Samples.Health(0, "#"));
        sink.Retire("");
        Assert.Equal(3, sink.Counters.Refused);
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_refused_and_the_next_one_arrives()
    {
        await using MqttSink sink = Start();
        sink.Publish(Samples.Result(0) with { Model = null! });
        sink.Publish(Samples.Result(1));
        Assert.Equal([1], await _observer.WaitResultsAsync(1));
        Assert.Equal(1, sink.Counters.Refused);
        await _log.WaitAsync(MqttState.MessageRefused);
    }

    [Fact]
    public async Task A_receipt_is_settled_when_its_result_is_acknowledged_and_not_before()
    {
        await using MqttSink sink = Start();
        await _observer.WaitStatusAsync("online");
        await _log.WaitAsync(MqttState.Connected);
        _relay.IsMute = true;
        RecordingReceipt receipt = new();
        sink.Publish(Samples.Result(0) with { Receipt = receipt, Correlation = new byte[] { 7, 8 } });
        Seen seen = await _observer.WaitAsync(one => one.Topic.EndsWith("/result", StringComparison.Ordinal));
        if (protocol == MqttProtocol.V5)
            Assert.Equal([7, 8], seen.Message.CorrelationData);
        Assert.Null(receipt.Settlement);
        _relay.Cut();
        _relay.IsMute = false;
        Assert.Equal(Settlement.Secured, await receipt.Settled);
    }

    [Fact]
    public async Task A_receipt_of_a_result_that_has_to_go_or_cannot_be_sent_says_so()
    {
        _relay.Shut();
        RecordingReceipt pushedOut = new(), unwritable = new(), left = new();
        MqttSink sink = Start(options => options with { QueueLimit = 2, DrainTimeout = TimeSpan.Zero });
        sink.Publish(Samples.Result(0) with { Receipt = pushedOut });
        sink.Publish(Samples.Result(1));
        sink.Publish(Samples.Result(2) with { Receipt = left });
        Assert.Equal(Settlement.Lost, pushedOut.Settlement);
        await sink.DisposeAsync();
        Assert.Equal(Settlement.Lost, left.Settlement);
        _relay.Open();
        await using MqttSink other = Start();
        other.Publish(Samples.Result(3) with { Model = null!, Receipt = unwritable });
        Assert.Equal(Settlement.Unusable, await unwritable.Settled);
    }

    protected abstract TestBroker CreateBroker();

    private MqttSink Start(Func<MqttOptions, MqttOptions>? change = null)
    {
        MqttOptions options = Samples.Options(_relay.Port) with { Protocol = protocol };
        return MqttSink.Start(change is null ? options : change(options), _log.Add);
    }

    // An id of its own each time: one that takes over another's session may lose it to that one's clean-up.
    private Task<Observer> LateObserverAsync() =>
        Observer.StartAsync(_broker.Port, $"late{++_lateObservers}");

    private async Task<IMqttClient> ConnectRivalAsync()
    {
        IMqttClient rival = new MqttClientFactory().CreateMqttClient();
        bool v5 = protocol == MqttProtocol.V5;
        await rival.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer("127.0.0.1", _broker.Port)
                .WithClientId("sink-under-test")
                .WithProtocolVersion(v5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311)
                .Build(),
            TestContext.Current.CancellationToken);
        return rival;
    }

    private static bool IsOwnHealth(Seen seen) => seen.Topic == $"{Samples.Base}/health";

    private static Func<Seen, bool> IsPicture(string topic, string text) =>
        seen => seen.Topic == $"{Samples.Base}/fashion/{topic}" && seen.Text == text;

    private static Func<Seen, bool> IsHealthOf(string pipeline, long results) => seen =>
        seen.Topic == $"{Samples.Base}/{pipeline}/health" && seen.Health.Results == results;
}

public sealed class EmbeddedV5Test() : SinkCases(MqttProtocol.V5)
{
    protected override TestBroker CreateBroker() => new EmbeddedTestBroker();
}

public sealed class EmbeddedV311Test() : SinkCases(MqttProtocol.V311)
{
    protected override TestBroker CreateBroker() => new EmbeddedTestBroker();
}

public sealed class MosquittoV5Test() : SinkCases(MqttProtocol.V5)
{
    protected override TestBroker CreateBroker() => Mosquitto.Anonymous();
}

public sealed class MosquittoV311Test() : SinkCases(MqttProtocol.V311)
{
    protected override TestBroker CreateBroker() => Mosquitto.Anonymous();
}
