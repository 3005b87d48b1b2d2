using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Mqtt;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// A separate MQTT client that subscribes to every result, as a user's program would, and hands on what
/// arrives.
/// </summary>
internal sealed class DemoSubscriber : IAsyncDisposable
{
    private readonly IMqttClient _client;

    private DemoSubscriber(IMqttClient client) => _client = client;

    /// <summary>Connects and subscribes.</summary>
    /// <param name="options">Where the broker is, and the base topic.</param>
    /// <param name="received">Called with each result, one at a time.</param>
    public static async Task<DemoSubscriber> ConnectAsync(MqttOptions options, Action<ResultPayload> received)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += message =>
        {
            received(Parse(message.ApplicationMessage));
            return Task.CompletedTask;
        };
        MqttClientOptions reach = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Host, options.EffectivePort)
            .WithClientId("edgeconv-demo-subscriber")
            .Build();
        await client.ConnectAsync(reach).ConfigureAwait(false);
        await client.SubscribeAsync($"{options.Base}/+/result", MqttQualityOfServiceLevel.AtLeastOnce)
            .ConfigureAwait(false);
        return new DemoSubscriber(client);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.TryDisconnectAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private static ResultPayload Parse(MqttApplicationMessage message)
    {
        Utf8JsonReader reader = new(message.Payload);
        return JsonSerializer.Deserialize(ref reader, PayloadJson.Default.ResultPayload)
            ?? throw new DataError(message.Topic, "the payload is null");
    }
}
