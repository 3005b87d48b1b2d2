using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeConv.Mqtt;
using EdgeConv.Testing;
using MQTTnet;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>
/// What passes from a camera's frame to its result on its way to the broker, and to a subscriber, without the inference:
/// frames of 640x480 YUYV on the program's standard input, 30 a second, a broker on loopback. Beside it, in turns, what
/// broker and observer alone take for the same bytes. Runs only by <c>./build.sh bench overhead</c>.
/// </summary>
public sealed class OverheadBench : IDisposable
{
    private const int Width = 640, Height = 480, RateHertz = 30, WarmUp = 90, Frames = 1800;
    private const string Topic = "edgeconv/t/camera/result", Alone = "alone";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-overhead-").FullName;
    private readonly IMqttClient _observer = new MqttClientFactory().CreateMqttClient();
    private readonly IMqttClient _publisher = new MqttClientFactory().CreateMqttClient();
    private readonly List<(long At, byte[] Payload)> _results = [];
    private readonly List<long> _alone = [];
    private readonly List<long> _handedOver = [];
    private readonly List<long> _published = [];

    public void Dispose()
    {
        _observer.Dispose();
        _publisher.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Explicit = true, Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task From_a_frame_to_its_result_without_the_inference()
    {
        // Else it holds a message back until the one before is acknowledged, up to 40 ms.
        using Mosquitto broker = new("allow_anonymous true", "log_dest none", "set_tcp_nodelay true");
        await ConnectAsync(broker.Port);
        using StampingRelay relay = new(broker.Port, Topic);
        string config = Path.Combine(_folder, "c.yaml");
        File.WriteAllText(config, $$"""
            node: t
            mqtt: { host: 127.0.0.1, port: {{relay.Port}} }
            pipelines:
              - name: camera
                source: { kind: stdin, format: yuyv, width: {{Width}}, height: {{Height}}, rate_hz: {{RateHertz}} }
                models: [{ path: {{Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx")}} }]
                preprocess: { mean: [72.93], std: [90.015] }

            """);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", config);
        await FeedAsync(daemon);
        IReadOnlyList<long> sent = relay.Stamps;
        Assert.Equal(_handedOver.Count, sent.Count);
        List<double> published = [], received = [], inside = [], preprocess = [];
        for (int i = WarmUp; i < _handedOver.Count; i++)
        {
            LatencyPayload latency = JsonSerializer.Deserialize(
                _results[i].Payload, PayloadJson.Default.ResultPayload)!.LatencyMs;
            published.Add(Stopwatch.GetElapsedTime(_handedOver[i], sent[i]).TotalMilliseconds - latency.Infer);
            received.Add(Stopwatch.GetElapsedTime(_handedOver[i], _results[i].At).TotalMilliseconds - latency.Infer);
            inside.Add(latency.Total - latency.Infer);
            Assert.True(published[^1] >= inside[^1], $"frame {i}: {published[^1]} ms, but {inside[^1]} ms of it inside");
            preprocess.Add(latency.Preprocess);
        }

        Say($"| ms, of {published.Count} frames | p50 | p95 | p99 | max |");
        Say("| --- | ---: | ---: | ---: | ---: |");
        Say($"| **frame handed over → its result's PUBLISH at a relay before the broker, less the inference (bar: 2 at p99)** | {Row(published)} |");
        Say($"| frame handed over → result received by a subscriber, through relay and broker, less the inference | {Row(received)} |");
        Say($"| of it, in the pipeline (queue, preprocess, decode) | {Row(inside)} |");
        Say($"| of that, from 640x480 YUYV to the input | {Row(preprocess)} |");
        Say($"| the same bytes from a client to the observer, in turns | {Row(
            [.. _published.Zip(_alone, (from, to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds).Skip(WarmUp)])} |");
    }

    private async Task ConnectAsync(int port)
    {
        _observer.ApplicationMessageReceivedAsync += message =>
        {
            long now = Stopwatch.GetTimestamp();
            lock (_results)
            {
                if (message.ApplicationMessage.Topic == Topic)
                    _results.Add((now, [.. message.ApplicationMessage.Payload.FirstSpan]));
                else
                    _alone.Add(now);
            }

            return Task.CompletedTask;
        };
        foreach (IMqttClient client in (IMqttClient[])[_observer, _publisher])
        {
            await client.ConnectAsync(
                new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build(), TestContext.Current.CancellationToken);
        }

        foreach (string topic in (string[])[Topic, Alone])
            await _observer.SubscribeAsync(topic, cancellationToken: TestContext.Current.CancellationToken);
    }

    // A frame is handed over with the last of its bytes; the time is taken before, for the writer may be held up after.
    // Halfway to the next one the latest result is published again by a client.
    private async Task FeedAsync(RunningProgram daemon)
    {
        Random random = new(7);
        byte[] frame = new byte[Width * Height * 2];
        long period = Stopwatch.Frequency / RateHertz, due = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUp + Frames; i++, due += period)
        {
            frame[random.Next(frame.Length)]++;
            await WaitUntilAsync(due);
            daemon.Input.BaseStream.Write(frame.AsSpan(0, frame.Length - 1));
            daemon.Input.BaseStream.Flush();
            _handedOver.Add(Stopwatch.GetTimestamp());
            daemon.Input.BaseStream.Write(frame.AsSpan(frame.Length - 1));
            daemon.Input.BaseStream.Flush();
            await WaitForAsync(_results, i + 1);
            await WaitUntilAsync(due + (period / 2));
            byte[] payload = _results[i].Payload;
            _published.Add(Stopwatch.GetTimestamp());
            await _publisher.PublishBinaryAsync(
                Alone, payload, MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce,
                cancellationToken: TestContext.Current.CancellationToken);
            await WaitForAsync(_alone, i + 1);
        }
    }

    private async Task WaitForAsync<T>(List<T> list, int count)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            lock (_results)
            {
                if (list.Count >= count)
                    return;
            }

            Assert.True(Stopwatch.GetElapsedTime(begun) < s_patience, $"only {list.Count} of {count} have come");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private static async Task WaitUntilAsync(long timestamp)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp) > TimeSpan.Zero)
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private static string Row(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        double[] row = [At(0.5), At(0.95), At(0.99), sorted[^1]];
        return string.Join(" | ", row.Select(value => value.ToString("0.000", CultureInfo.InvariantCulture)));

        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
