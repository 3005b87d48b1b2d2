using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.Mqtt.Tests.Brokers;

/// <summary>One message as a subscriber sees it.</summary>
public sealed record Seen(string Topic, string Text, bool IsRetained, MqttApplicationMessage Message)
{
    public ResultPayload Result => JsonSerializer.Deserialize(Text, PayloadJson.Default.ResultPayload)!;

    public BrokerHealthPayload BrokerHealth =>
        JsonSerializer.Deserialize(Text, PayloadJson.Default.BrokerHealthPayload)!;

    public HealthPayload Health => JsonSerializer.Deserialize(Text, PayloadJson.Default.HealthPayload)!;
}

/// <summary>A second client that sees everything below a base topic, in order.</summary>
public sealed class Observer : IAsyncDisposable
{
    private readonly Channel<Seen> _seen = Channel.CreateUnbounded<Seen>();
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    private Observer()
    {
    }

    public static async Task<Observer> StartAsync(
        int port, string clientId = "observer", (string User, string Password)? credentials = null)
    {
        Observer observer = new();
        observer._client.ApplicationMessageReceivedAsync += args =>
        {
            MqttApplicationMessage message = args.ApplicationMessage;
            byte[] bytes = message.Payload.ToArray();
            message.Payload = new ReadOnlySequence<byte>(bytes);
            observer._seen.Writer.TryWrite(
                new Seen(message.Topic, Encoding.UTF8.GetString(bytes), message.Retain, message));
            return Task.CompletedTask;
        };
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(clientId);
        if (credentials is { } known)
            builder.WithCredentials(known.User, known.Password);
        await observer._client.ConnectAsync(builder.Build(), TestContext.Current.CancellationToken);
        await observer._client.SubscribeAsync(
            $"{Samples.Base}/#", MqttQualityOfServiceLevel.AtLeastOnce,
            TestContext.Current.CancellationToken);
        return observer;
    }

    /// <summary>Reads messages until one fits; the others are gone.</summary>
    public async Task<Seen> WaitAsync(Func<Seen, bool> fits)
    {
        using CancellationTokenSource timeout = Patience.Source();
        List<Seen> others = [];
        try
        {
            while (true)
            {
                Seen seen = await _seen.Reader.ReadAsync(timeout.Token);
                if (fits(seen))
                    return seen;
                others.Add(seen);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                "saw only:\n" + string.Join('\n', others.Select(seen => $"{seen.Topic} {seen.Text}")));
        }
    }

    public Task<Seen> WaitStatusAsync(string word) =>
        WaitAsync(seen => seen.Topic == $"{Samples.Base}/status" && seen.Text == word);

    /// <summary>The next results, as sequence numbers, until and including <paramref name="last"/>.</summary>
    public async Task<List<long>> WaitResultsAsync(long last)
    {
        List<long> numbers = [];
        while (numbers.Count == 0 || numbers[^1] != last)
        {
            Seen seen = await WaitAsync(seen => seen.Topic.EndsWith("/result", StringComparison.Ordinal));
            numbers.Add(seen.Result.Seq);
        }

        return numbers;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected)
            await _client.DisconnectAsync();
        _client.Dispose();
    }
}

/// <summary>How long a test waits for what must come.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static CancellationTokenSource Source()
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        source.CancelAfter(Limit);
        return source;
    }
}
