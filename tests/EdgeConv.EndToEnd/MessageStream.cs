using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeConv.EndToEnd;

/// <summary>
/// Publishes numbered messages, and counts the results that carry their numbers: what a sender sees of a group of
/// workers.
/// </summary>
public sealed class MessageStream : IAsyncDisposable
{
    private const int WarmUp = -1;
    private readonly IMqttClient _publisher = new MqttClientFactory().CreateMqttClient();
    private readonly IMqttClient _observer = new MqttClientFactory().CreateMqttClient();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _shares = [];
    private readonly int[] _seen;
    private readonly byte[] _payload;
    private int _distinct;
    private int _results;

    private MessageStream(int count, byte[] payload)
    {
        _seen = new int[count];
        _payload = payload;
    }

    /// <summary>Numbers of which no result has been seen.</summary>
    public IReadOnlyList<int> Missing
    {
        get
        {
            lock (_lock)
                return [.. Enumerable.Range(0, _seen.Length).Where(number => _seen[number] == 0)];
        }
    }

    /// <summary>Numbers of which a result has been seen.</summary>
    public int Distinct => Volatile.Read(ref _distinct);

    /// <summary>Results, of whatever number.</summary>
    public int Results => Volatile.Read(ref _results);

    /// <summary>Results of each worker, by its name.</summary>
    public IReadOnlyDictionary<string, int> Shares
    {
        get
        {
            lock (_lock)
                return new Dictionary<string, int>(_shares);
        }
    }

    /// <param name="broker">Where.</param>
    /// <param name="count">Messages there will be.</param>
    /// <param name="payload">What each holds.</param>
    public static async Task<MessageStream> StartAsync(Mosquitto broker, int count, byte[] payload)
    {
        MessageStream stream = new(count, payload);
        stream._observer.ApplicationMessageReceivedAsync += message =>
        {
            stream.Count(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        foreach (IMqttClient client in (IMqttClient[])[stream._publisher, stream._observer])
        {
            MqttClientOptions options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithCredentials(Mosquitto.User, Mosquitto.Password).Build();
            // The library's 8 KB would make the observer the slowest of all.
            ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = 1 << 20;
            await client.ConnectAsync(options);
        }

        await stream._observer.SubscribeAsync("edgeconv/+/+/result", MqttQualityOfServiceLevel.AtLeastOnce);
        return stream;
    }

    /// <summary>
    /// Publishes what is not counted until as many workers have answered: what nobody subscribes to yet is nobody's.
    /// </summary>
    public async Task WaitForWorkersAsync(int workers, TimeSpan limit, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Shares.Count < workers)
        {
            if (Stopwatch.GetElapsedTime(begun) > limit)
                throw new TimeoutException($"only {string.Join(", ", Shares.Keys)} answer in {limit.TotalSeconds} s");
            await _publisher.PublishAsync(MessageOf(WarmUp), cancellation);
            await Task.Delay(20, cancellation);
        }
    }

    /// <summary>Publishes them all, at most <paramref name="ahead"/> before their results.</summary>
    /// <param name="ahead">Messages without a result; at more it waits.</param>
    /// <param name="perSecond">Greatest rate.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task PublishAsync(int ahead, double perSecond, CancellationToken cancellation)
    {
        const int Window = 64;
        Queue<Task> open = new();
        long begun = Stopwatch.GetTimestamp();
        for (int number = 0; number < _seen.Length; number++)
        {
            while (number - Distinct >= ahead || number > Stopwatch.GetElapsedTime(begun).TotalSeconds * perSecond)
                await Task.Delay(1, cancellation);
            if (open.Count == Window)
                await open.Dequeue();
            open.Enqueue(_publisher.PublishAsync(MessageOf(number), cancellation));
        }

        await Task.WhenAll(open);
    }

    /// <summary>Waits until each number has been seen, or <paramref name="limit"/> is over.</summary>
    public async Task WaitForAllAsync(TimeSpan limit, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Distinct < _seen.Length && Stopwatch.GetElapsedTime(begun) < limit)
            await Task.Delay(20, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.TryDisconnectAsync();
        await _observer.TryDisconnectAsync();
        _publisher.Dispose();
        _observer.Dispose();
    }

    private MqttApplicationMessage MessageOf(int number)
    {
        byte[] correlation = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(correlation, number);
        return new MqttApplicationMessage
        {
            Topic = $"load/{(uint)number % 7}/window",
            Payload = new ReadOnlySequence<byte>(_payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            CorrelationData = correlation,
        };
    }

    private void Count(MqttApplicationMessage result)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(result.CorrelationData);
        string worker = result.Topic.Split('/')[1];
        lock (_lock)
        {
            _shares[worker] = _shares.GetValueOrDefault(worker) + 1;
            if (number == WarmUp)
                return;
            _results++;
            if (_seen[number]++ == 0)
                _distinct++;
        }
    }
}
