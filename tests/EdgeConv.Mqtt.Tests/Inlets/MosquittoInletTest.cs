using EdgeConv.Core;
using EdgeConv.Mqtt.Inlets;
using EdgeConv.Mqtt.Tests.Brokers;

namespace EdgeConv.Mqtt.Tests.Inlets;

/// <summary>What holds with a broker that keeps sessions and shares subscriptions.</summary>
public sealed class MosquittoInletTest : InletCases
{
    [Fact]
    public async Task What_was_not_settled_comes_again_after_a_cut_and_what_was_does_not()
    {
        MqttInlet inlet = await OpenAsync();
        foreach (string text in (string[])["a", "b", "c"])
            await PublishAsync("t/1", text);
        Delivery[] before = [await ReceiveAsync(inlet), await ReceiveAsync(inlet), await ReceiveAsync(inlet)];
        before[0].Settle(Settlement.Secured);
        await Task.Delay(Quiet, TestContext.Current.CancellationToken);
        Relay.Cut();
        await Assert.ThrowsAsync<DeviceError>(() => ReceiveAsync(inlet));
        Assert.Equal("b", TextOf(await ReceiveAsync(inlet)));
        Assert.Equal("c", TextOf(await ReceiveAsync(inlet)));
        // What was settled of the lost connection afterwards touches nothing of the new one.
        before[1].Settle(Settlement.Secured);
        before[2].Settle(Settlement.Lost);
        Assert.Null(await TryReceiveAsync(inlet));
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_of_arrival_and_make_room()
    {
        MqttInlet inlet = await OpenAsync(options => options with { InFlight = 3 });
        for (int i = 0; i < 4; i++)
            await PublishAsync("t/1", $"{i}");
        Delivery[] first = [await ReceiveAsync(inlet), await ReceiveAsync(inlet), await ReceiveAsync(inlet)];
        Assert.Null(await TryReceiveAsync(inlet));
        first[1].Settle(Settlement.Secured);
        Assert.Null(await TryReceiveAsync(inlet));
        first[0].Settle(Settlement.Secured);
        Assert.Equal("3", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task An_unusable_message_is_acknowledged_too()
    {
        MqttInlet inlet = await OpenAsync(options => options with { InFlight = 1 });
        await PublishAsync("t/1", "bad");
        await PublishAsync("t/1", "good");
        (await ReceiveAsync(inlet)).Settle(Settlement.Unusable);
        Assert.Equal("good", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task A_session_with_more_waiting_than_is_held_opens_again()
    {
        MqttInlet inlet = await OpenAsync(options => options with { InFlight = 2 });
        await inlet.DisposeAsync();
        for (int i = 0; i < 40; i++)
            await PublishAsync("t/1", $"{i}");
        MqttInlet next = await OpenAsync(options => options with { InFlight = 2 });
        for (int i = 0; i < 40; i++)
        {
            Delivery delivery = await ReceiveAsync(next);
            Assert.Equal($"{i}", TextOf(delivery));
            delivery.Settle(Settlement.Secured);
        }
    }

    [Fact]
    public async Task A_lost_result_makes_all_unsettled_messages_come_again()
    {
        MqttInlet inlet = await OpenAsync();
        await PublishAsync("t/1", "a");
        await PublishAsync("t/1", "b");
        Delivery first = await ReceiveAsync(inlet);
        await ReceiveAsync(inlet);
        first.Settle(Settlement.Lost);
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReceiveAsync(inlet));
        Assert.Equal(
            "mqtt:t/#: 1 results were lost on their way out; their messages are asked for again", error.Message);
        Assert.Equal("a", TextOf(await ReceiveAsync(inlet)));
        Assert.Equal("b", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task A_stop_waits_for_what_was_taken_and_what_waits_is_there_at_the_next_start()
    {
        MqttInlet inlet = await OpenAsync();
        await PublishAsync("t/1", "a");
        await PublishAsync("t/1", "b");
        Delivery taken = await ReceiveAsync(inlet);
        Task stopping = inlet.DisposeAsync().AsTask();
        await Task.Delay(Quiet, TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted);
        taken.Settle(Settlement.Secured);
        await stopping.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        await PublishAsync("t/1", "while away");
        MqttInlet next = await OpenAsync();
        Assert.Equal("b", TextOf(await ReceiveAsync(next)));
        Assert.Equal("while away", TextOf(await ReceiveAsync(next)));
    }

    [Fact]
    public async Task A_stop_ends_though_nothing_is_settled()
    {
        MqttInlet inlet = await OpenAsync();
        await PublishAsync("t/1", "a");
        await ReceiveAsync(inlet);
        await inlet.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        MqttInlet next = await OpenAsync();
        Assert.Equal("a", TextOf(await ReceiveAsync(next)));
    }

    [Fact]
    public async Task Members_of_a_group_share_and_a_subscriber_without_gets_all()
    {
        MqttInlet[] members =
        [
            await OpenAsync(options => options with { Group = "g", ClientId = "one" }),
            await OpenAsync(options => options with { Group = "g", ClientId = "two" }),
        ];
        MqttInlet alone = await OpenAsync();
        for (int i = 0; i < 20; i++)
            await PublishAsync("t/1", $"{i}");
        List<string> shared = [], all = [];
        foreach (MqttInlet member in members)
        {
            while (await TryReceiveAsync(member) is { } delivery)
                shared.Add(TextOf(delivery));
            Assert.NotEmpty(shared);
        }

        while (await TryReceiveAsync(alone) is { } delivery)
            all.Add(TextOf(delivery));
        string[] published = [.. Enumerable.Range(0, 20).Select(i => $"{i}")];
        Assert.Equal(published.Order(), shared.Order());
        Assert.Equal(published, all);
    }

    [Fact]
    public async Task What_comes_by_a_former_subscription_is_told_and_acknowledged()
    {
        MqttInlet former = await OpenAsync(options => options with { Group = "former" });
        await former.DisposeAsync();
        MqttInlet inlet = await OpenAsync(options => options with { Group = "g" });
        await PublishAsync("t/1", "twice");
        List<string> seen = [];
        string? problem = null;
        for (int i = 0; i < 2; i++)
        {
            try
            {
                seen.Add(TextOf(await ReceiveAsync(inlet)));
            }
            catch (DataError error)
            {
                problem = error.Message;
            }
        }

        Assert.Equal(["twice"], seen);
        Assert.StartsWith("t/1: came by a former subscription of client id 'inlet'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_whether_all_is_well_takes_nothing()
    {
        MqttInlet inlet = await OpenAsync(options => options with { Group = "g" });
        await inlet.CheckAsync(TestContext.Current.CancellationToken);
        await PublishAsync("t/1", "a");
        Assert.Equal("a", TextOf(await ReceiveAsync(inlet)));
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_kept_by_the_broker_and_the_next_one_comes()
    {
        MqttInlet inlet = await OpenAsync(options => options with { MaxPayloadBytes = 1024 });
        await PublishAsync("t/1", new string('x', 200_000));
        await PublishAsync("t/1", new string('y', 2_000));
        await PublishAsync("t/1", "small");
        DataError error = await Assert.ThrowsAsync<DataError>(() => ReceiveAsync(inlet));
        Assert.Equal("t/1: has 2000 bytes; at most 1024 are taken ('max_payload_kb')", error.Message);
        Assert.Equal("small", TextOf(await ReceiveAsync(inlet)));
    }

    protected override TestBroker CreateBroker() => Mosquitto.Anonymous();
}
