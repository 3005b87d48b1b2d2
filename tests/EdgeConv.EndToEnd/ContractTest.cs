using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Testing;
using NJsonSchema;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>What a subscriber really receives is what the published schemas promise.</summary>
public sealed class ContractTest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const int Side = 28;
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-contract-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task Every_message_that_is_received_obeys_its_schema()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        string config = WriteConfig(broker.Port);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", config);
        foreach (string pipeline in (string[])["gated", "bare", "broken"])
            await subscriber.WaitForAsync((topic, _) => topic == $"edgeconv/test/{pipeline}/result", Patience);
        await WaitForHealthAsync(subscriber, "drifting/drift", "recalibration needed");
        await WaitForHealthAsync(subscriber, "drifting/health", "\"drift\":true");
        await WaitForHealthAsync(subscriber, "drifting/event", "\"phase\":\"end\"");
        await WaitForHealthAsync(subscriber, "lost/health", "\"state\":\"waiting\"");
        await WaitForHealthAsync(subscriber, "broken/health", "nonsense");
        await WaitForHealthAsync(subscriber, "bare/health", "cannot be held");
        File.AppendAllText(config, "surprise: 1\n");
        daemon.Signal(PosixSignal.SIGHUP);
        await WaitForHealthAsync(subscriber, "health", "surprise");
        daemon.Signal(PosixSignal.SIGTERM);
        await WaitForHealthAsync(subscriber, "gated/health", "\"state\":\"stopped\"");
        (int status, string output, _) = daemon.WaitForEnd(TimeSpan.FromSeconds(5));
        Assert.Equal(0, status);
        Assert.Single(output.Split('\n'), line => line.Contains("cannot be held", StringComparison.Ordinal));
        Assert.Contains("pipeline drifting: input has drifted", output, StringComparison.Ordinal);
        await CheckAsync(subscriber, "result.schema.json", "/result");
        await CheckAsync(subscriber, "health.schema.json", "/health");
        await CheckAsync(subscriber, "drift.schema.json", "/drift");
        await CheckAsync(subscriber, "event.schema.json", "/event");
    }

    private static Task<string> WaitForHealthAsync(Subscriber subscriber, string topic, string text) =>
        subscriber.WaitForAsync((received, payload) => received == $"edgeconv/test/{topic}" &&
            payload.Contains(text, StringComparison.Ordinal), Patience);

    private static async Task CheckAsync(Subscriber subscriber, string schemaFile, string topicEnd)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(
            await File.ReadAllTextAsync(Repository.PathOf("deploy", "config", schemaFile)));
        string[] payloads = [.. subscriber.Messages
            .Where(message => message.Topic.EndsWith(topicEnd, StringComparison.Ordinal))
            .Select(message => message.Payload)];
        Assert.NotEmpty(payloads);
        Assert.All(payloads, payload => Assert.True(schema.Validate(payload).Count == 0, payload));
    }

    // A gate that knows noise, for a series whose noise becomes eight times as strong and weak again.
    private void FitToNoise(string model)
    {
        const int Known = 80_000, Turn = 40_000;
        Random random = new(20261124);
        string known = Path.Combine(_folder, "noise.csv");
        File.WriteAllLines(known, Noise(Known, 1));
        File.WriteAllLines(Path.Combine(_folder, "drifting.csv"), [.. Noise(Turn, 1), .. Noise(Turn, 8)]);
        string fingerprint = Path.Combine(_folder, "noise.ecfp");
        (int status, _, string error) = Binary.Native.Run(
            Patience, "fit", model, "--data", known, "--out", fingerprint);
        Assert.True(status == 0, error);

        IEnumerable<string> Noise(int count, double strength) => Enumerable.Range(0, count)
            .Select(_ => (strength * (2 * random.NextDouble() - 1)).ToString(CultureInfo.InvariantCulture));
    }

    private string WriteConfig(int port)
    {
        File.WriteAllText(Path.Combine(_folder, "password"), Mosquitto.Password);
        File.WriteAllLines(Path.Combine(_folder, "broken.csv"),
            Enumerable.Range(0, 2000).Select(i => i == 700 ? "nonsense" : "0.5"));
        File.WriteAllLines(Path.Combine(_folder, "series.csv"), Enumerable.Repeat("0.5", 2000));
        byte[] pictures = new byte[Side * Side * 8];
        new Random(20261123).NextBytes(pictures);
        File.WriteAllBytes(Path.Combine(_folder, "pictures.raw"), pictures);
        string heart = Path.Combine(Data.Models, "heart", "heart"), fashion = Path.Combine(Data.Models, "fashion", "fashion-s.onnx");
        FitToNoise($"{heart}.onnx");
        string config = Path.Combine(_folder, "edgeconv.yaml");
        File.WriteAllText(config, $$"""
            node: test
            mqtt: { host: 127.0.0.1, port: {{port}}, user: {{Mosquitto.User}}, password_file: password }
            pipelines:
              - name: gated
                source: { kind: csv, path: series.csv, rate_hz: 3600, loop: true }
                models: [{ path: {{heart}}.onnx, fingerprint: {{heart}}.ecfp }]
              - name: bare
                source: { kind: raw, format: gray8, width: {{Side}}, height: {{Side}}, path: pictures.raw, rate_hz: 50, loop: true }
                models: [{ path: {{fashion}} }]
                decode: { labels: [a, b, c, d, e, f, g, h, i, j], top: 2 }
                budget: { latency_ms: 0.01, rate_hz: 100 }
              - name: broken
                source: { kind: csv, path: broken.csv, rate_hz: 3600, loop: true }
                models: [{ path: {{heart}}.onnx, fingerprint: {{heart}}.ecfp }]
              - name: drifting
                source: { kind: csv, path: drifting.csv, rate_hz: 50000, loop: true }
                models: [{ path: {{heart}}.onnx, fingerprint: noise.ecfp }]
                gate: { drift: { interval_s: 0 }, events: { gap_s: 0.1 } }
              - name: lost
                source: { kind: csv, path: gone.csv, rate_hz: 360 }
                models: [{ path: {{heart}}.onnx }]

            """);
        return config;
    }
}
