using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeConv.Core;
using EdgeConv.Mqtt;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeConv.Daemon.Demo;

/// <summary>
/// A separate MQTT client that subscribes to every result and every decision of a governor, as a user's
/// program would, and hands on what arrives.
/// </summary>
internal sealed class DemoSubscriber : IAsyncDisposable
{
    private readonly IMqttClient _client;

    private DemoSubscriber(IMqttClient client) => _client = client;

    /// <summary>Connects and subscribes.</summary>
    /// <param name="options">Where the broker is, and the base topic.</param>
    /// <param name="printer">Prints each message, one at a time.</param>
    public static async Task<DemoSubscriber> ConnectAsync(MqttOptions options, DemoPrinter printer)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += message =>
        {
            Print(message.ApplicationMessage, printer);
            return Task.CompletedTask;
        };
        MqttClientOptions reach = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Host, options.EffectivePort)
            .WithClientId("edgeconv-demo-subscriber")
            .Build();
        await client.ConnectAsync(reach).ConfigureAwait(false);
        foreach (string kind in (string[])["result", "governor"])
        {
            await client.SubscribeAsync($"{options.Base}/+/{kind}", MqttQualityOfServiceLevel.AtLeastOnce)
                .ConfigureAwait(false);
        }

        return new DemoSubscriber(client);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.TryDisconnectAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private static void Print(MqttApplicationMessage message, DemoPrinter printer)
    {
        if (message.Topic.EndsWith("/governor", StringComparison.Ordinal))
            printer.Print(Parse(message, PayloadJson.Default.GovernorPayload));
        else
            printer.Print(Parse(message, PayloadJson.Default.ResultPayload));
    }

    private static T Parse<T>(MqttApplicationMessage message, JsonTypeInfo<T> type)
    {
        Utf8JsonReader reader = new(message.Payload);
        return JsonSerializer.Deserialize(ref reader, type)
            ?? throw new DataError(message.Topic, "the payload is null");
    }
}
