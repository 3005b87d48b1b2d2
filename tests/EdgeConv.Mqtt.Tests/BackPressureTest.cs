using EdgeConv.Mqtt.Tests.Brokers;

namespace EdgeConv.Mqtt.Tests;

/// <summary>Who waits for room loses nothing, however small the queue is.</summary>
public sealed class BackPressureTest
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, false)]
    public void There_is_room_up_to_half_of_the_queue(int owed, bool hasRoom)
    {
        Outbox outbox = new(5);
        for (int i = 0; i < owed; i++)
            outbox.Add(Samples.Result(i));
        Assert.Equal(hasRoom, outbox.WaitForRoomAsync().IsCompleted);
    }

    [Fact]
    public void Room_comes_with_the_acknowledgement_not_with_the_sending()
    {
        Outbox outbox = new(4);
        for (int i = 0; i < 3; i++)
            outbox.Add(Samples.Result(i));
        Task first = outbox.WaitForRoomAsync(), second = outbox.WaitForRoomAsync();
        Assert.True(outbox.TryTake(out _));
        Assert.False(first.IsCompleted);
        outbox.Settle();
        Assert.True(first.IsCompleted && second.IsCompleted);
    }

    [Fact]
    public void A_lost_connection_gives_no_room_and_an_emptied_queue_does()
    {
        Outbox outbox = new(4);
        for (int i = 0; i < 3; i++)
            outbox.Add(Samples.Result(i));
        Task room = outbox.WaitForRoomAsync();
        Assert.True(outbox.TryTake(out EdgeConv.Core.Finding? taken));
        outbox.GiveBack(taken);
        Assert.False(room.IsCompleted);
        outbox.Clear();
        Assert.True(room.IsCompleted);
    }

    [Fact]
    public async Task A_recording_faster_than_the_broker_arrives_whole_over_a_queue_of_four()
    {
        const int Count = 2000;
        await using EmbeddedTestBroker broker = new();
        await broker.StartAsync();
        await using MqttSink sink = MqttSink.Start(Samples.Options(broker.Port) with { QueueLimit = 4 });
        await Task.Run(() => ReplayAsync(sink, Count), TestContext.Current.CancellationToken);
        await sink.DisposeAsync();
        Assert.Equal((0, Count), (sink.Counters.Dropped, sink.Counters.Published));
    }

    [Fact]
    public async Task A_recording_waits_while_the_broker_is_away_and_goes_on_when_it_is_back()
    {
        const int Count = 200;
        await using EmbeddedTestBroker broker = new();
        await broker.StartAsync();
        await broker.StopAsync();
        StatusLog log = new();
        await using MqttSink sink = MqttSink.Start(
            Samples.Options(broker.Port) with { QueueLimit = 10, DrainTimeout = TimeSpan.FromSeconds(20) }, log.Add);
        Task replay = Task.Run(() => ReplayAsync(sink, Count), TestContext.Current.CancellationToken);
        await log.WaitAsync(MqttState.Unreachable);
        Assert.False(replay.IsCompleted);
        Assert.InRange(sink.Counters.Queued, 0, 6);
        await broker.StartAsync();
        await replay;
        await sink.DisposeAsync();
        Assert.Equal((0, Count), (sink.Counters.Dropped, sink.Counters.Published));
    }

    private static async Task ReplayAsync(MqttSink sink, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await sink.WaitForRoomAsync();
            sink.Publish(Samples.Result(i));
        }
    }
}
