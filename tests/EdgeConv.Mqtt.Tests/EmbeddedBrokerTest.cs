using System.Net;
using EdgeConv.Core;
using EdgeConv.Mqtt.Tests.Brokers;

namespace EdgeConv.Mqtt.Tests;

public sealed class EmbeddedBrokerTest
{
    private readonly StatusLog _log = new();

    [Fact]
    public async Task Port_0_is_a_free_port_that_a_client_reaches()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0 });
        Assert.NotEqual(0, broker.Port);
        await using MqttSink sink = MqttSink.Start(broker.Reach(new MqttOptions()), _log.Add);
        await _log.WaitAsync(MqttState.Connected);
    }

    [Fact]
    public async Task Ipv6_loopback_works()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0, Address = IPAddress.IPv6Loopback });
        await using MqttSink sink = MqttSink.Start(broker.Reach(new MqttOptions()), _log.Add);
        Assert.StartsWith(
            $"connected to [::1]:{broker.Port} ", (await _log.WaitAsync(MqttState.Connected)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_an_error_that_names_it()
    {
        await using EmbeddedBroker first = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0 });
        ConfigError error = await Assert.ThrowsAsync<ConfigError>(
            () => EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = first.Port }));
        Assert.Contains($"127.0.0.1:{first.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_password_is_asked_for()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0, User = "edge", Password = "secret" });
        await using MqttSink right = MqttSink.Start(broker.Reach(new MqttOptions()), _log.Add);
        await _log.WaitAsync(MqttState.Connected);
        await using MqttSink wrong = MqttSink.Start(
            broker.Reach(new MqttOptions { ClientId = "intruder" }) with { Password = "guess" }, _log.Add);
        await _log.WaitAsync(MqttState.Refused);
    }

    [Fact]
    public async Task Beyond_loopback_it_needs_a_password()
    {
        ConfigError error = await Assert.ThrowsAsync<ConfigError>(
            () => EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = 0, Address = IPAddress.Any }));
        Assert.Contains("needs a user and password", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_client_more_than_allowed_is_refused_but_a_known_one_comes_back()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { Port = 0, MaxConnections = 1 });
        MqttOptions options = Samples.Options(broker.Port);
        await using Relay relay = new(broker.Port);
        await using MqttSink sink = MqttSink.Start(options with { Port = relay.Port }, _log.Add);
        await _log.WaitAsync(MqttState.Connected);
        StatusLog second = new();
        await using MqttSink other = MqttSink.Start(options with { ClientId = "one-too-many" }, second.Add);
        await second.WaitAsync(MqttState.Refused, "ServerBusy");
        await other.DisposeAsync();
        relay.Cut();
        await _log.WaitAsync(MqttState.Connected);
    }

    [Fact]
    public void Neither_options_print_their_password()
    {
        Assert.DoesNotContain(
            "secret", new MqttOptions { User = "u", Password = "secret" }.ToString(),
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            "secret", new EmbeddedBrokerOptions { User = "u", Password = "secret" }.ToString(),
            StringComparison.Ordinal);
    }
}
