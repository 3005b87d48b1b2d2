using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MQTTnet;

namespace EdgeConv.EndToEnd;

/// <summary>An MQTT client that keeps every message it receives.</summary>
public sealed class Subscriber : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<(string Topic, string Payload, bool Retained)> _messages = [];

    /// <summary>Connects as the broker's user, and takes everything.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="authority">Over TLS, the authority to trust.</param>
    public static Task<Subscriber> ConnectAsync(Mosquitto broker, X509Certificate2? authority = null) =>
        ConnectAsync(broker.Port, Mosquitto.User, Mosquitto.Password, authority);

    public static async Task<Subscriber> ConnectAsync(
        int port, string? user = null, string? password = null, X509Certificate2? authority = null)
    {
        Subscriber subscriber = new();
        subscriber._client.ApplicationMessageReceivedAsync += message =>
        {
            lock (subscriber._messages)
            {
                subscriber._messages.Add((message.ApplicationMessage.Topic,
                    Encoding.UTF8.GetString(message.ApplicationMessage.Payload), message.ApplicationMessage.Retain));
            }

            return Task.CompletedTask;
        };
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port);
        if (user is not null)
            options = options.WithCredentials(user, password);
        if (authority is not null)
            options = options.WithTlsOptions(tls => tls.UseTls().WithTrustChain([authority]));
        await subscriber._client.ConnectAsync(options.Build());
        await subscriber._client.SubscribeAsync("#");
        return subscriber;
    }

    public IReadOnlyList<(string Topic, string Payload, bool Retained)> Messages
    {
        get
        {
            lock (_messages)
                return [.. _messages];
        }
    }

    /// <summary>Waits for a message, or fails with those that did come.</summary>
    public async Task<string> WaitForAsync(Func<string, string, bool> wanted, TimeSpan limit)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach ((string topic, string payload, _) in Messages)
            {
                if (wanted(topic, payload))
                    return payload;
            }

            if (Stopwatch.GetElapsedTime(begun) > limit)
            {
                string seen = string.Join('\n', Messages.TakeLast(20).Select(m => $"{m.Topic} {m.Payload}"));
                throw new TimeoutException($"no such message in {limit.TotalSeconds} s:\n{seen}");
            }

            await Task.Delay(20);
        }
    }

    public void Forget()
    {
        lock (_messages)
            _messages.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.TryDisconnectAsync();
        _client.Dispose();
    }
}
