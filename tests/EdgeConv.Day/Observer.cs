using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using EdgeConv.Mqtt;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.Day;

/// <summary>
/// Somebody who reads what the house publishes, in real time: each result against what was handed to the sink, and what
/// the health topics name.
/// </summary>
internal sealed class Observer(string baseTopic) : IDisposable
{
    private const string Marker = "marker";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, byte> _owed = new();
    private readonly ConcurrentDictionary<string, string?> _problems = new();
    private readonly ConcurrentDictionary<string, string> _health = new();
    private readonly ConcurrentQueue<Entry> _named = new();
    private TaskCompletionSource _marked = new();
    private IMqttClient? _client;
    private long _seen;

    /// <summary>Results that were handed to the sink and have not been seen.</summary>
    public int Owed => _owed.Count;

    /// <summary>Results seen for the first time.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>Problems that a health topic has begun to name, in order.</summary>
    public IReadOnlyList<Entry> Named => [.. _named];

    /// <summary>The latest health of a pipeline, as published.</summary>
    public string HealthOf(string pipeline) => _health.GetValueOrDefault(pipeline, "none");

    /// <summary>A result has been handed to the sink.</summary>
    public void Expect(Result result) =>
        _owed[KeyOf(result.Pipeline, result.Sequence, PayloadText.Of(result.Timestamp))] = 0;

    public void Connect(int port)
    {
        _client?.Dispose();
        _client = new MqttClientFactory().CreateMqttClient();
        _client.ApplicationMessageReceivedAsync += Take;
        MqttClientOptions options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("observer").WithKeepAlivePeriod(TimeSpan.FromHours(1))
            .Build();
        ConnectAsync(options).WaitAsync(s_patience).GetAwaiter().GetResult();
    }

    /// <summary>Sends a message to the house.</summary>
    public void Send(string topic, byte[] payload) => _client!.PublishBinaryAsync(
        topic, payload, MqttQualityOfServiceLevel.AtLeastOnce).WaitAsync(s_patience).GetAwaiter().GetResult();

    /// <summary>Returns when everything that the broker has taken so far has arrived.</summary>
    public void CatchUp()
    {
        _marked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(Marker, []);
        _marked.Task.WaitAsync(s_patience).GetAwaiter().GetResult();
    }

    public void Dispose() => _client?.Dispose();

    private async Task ConnectAsync(MqttClientOptions options)
    {
        await _client!.ConnectAsync(options).ConfigureAwait(false);
        await _client.SubscribeAsync($"{baseTopic}/#", MqttQualityOfServiceLevel.AtLeastOnce).ConfigureAwait(false);
        await _client.SubscribeAsync(Marker).ConfigureAwait(false);
    }

    private Task Take(MqttApplicationMessageReceivedEventArgs arrived)
    {
        MqttApplicationMessage message = arrived.ApplicationMessage;
        if (message.Topic == Marker)
            _marked.TrySetResult();
        else if (message.Topic.EndsWith("/result", StringComparison.Ordinal))
            TakeResult(message.Payload);
        else if (message.Topic.EndsWith("/health", StringComparison.Ordinal))
            TakeHealth(message.Payload);
        return Task.CompletedTask;
    }

    private void TakeResult(ReadOnlySequence<byte> payload)
    {
        using JsonDocument json = JsonDocument.Parse(payload);
        string key = KeyOf(json.RootElement.GetProperty("pipeline").GetString()!,
            json.RootElement.GetProperty("seq").GetInt64(), json.RootElement.GetProperty("ts").GetString()!);
        if (_owed.TryRemove(key, out _))
            Interlocked.Increment(ref _seen);
    }

    private void TakeHealth(ReadOnlySequence<byte> payload)
    {
        using JsonDocument json = JsonDocument.Parse(payload);
        bool isPipeline = json.RootElement.TryGetProperty("pipeline", out JsonElement name);
        string subject = isPipeline ? name.GetString()! : "mqtt";
        _health[subject] = json.RootElement.ToString();
        string? problem = json.RootElement.GetProperty(isPipeline ? "problem" : "last_problem").GetString();
        // By its own time: it arrives in ours, which may be minutes later on the house's clock.
        if (problem is not null && problem != _problems.GetValueOrDefault(subject))
            _named.Enqueue(new Entry(SimulatedTime.ElapsedAt(json.RootElement.GetProperty("ts").GetDateTimeOffset()), subject, problem));
        _problems[subject] = problem;
    }

    private static string KeyOf(string pipeline, long sequence, string stamp) => $"{pipeline} {sequence} {stamp}";
}
