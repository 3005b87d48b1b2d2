using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Daemon.Scoring;
using EdgeConv.Devices;
using EdgeConv.Devices.Board;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;
using EdgeConv.Mqtt;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing;
using MQTTnet;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>
/// A map fitted by the program to pictures of soft blobs, and what a subscriber receives of one with a patch of
/// a chessboard over it.
/// </summary>
public sealed class MapEndToEndTest : IDisposable
{
    private const int Side = 28, Known = 600, PatchSide = 10, PatchLeft = 14, PatchTop = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Model = Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-map-").FullName;

    public MapEndToEndTest()
    {
        Random random = new(20261130);
        File.WriteAllBytes(PathOf("known.gray8"), [.. Enumerable.Range(0, Known).SelectMany(_ => Blob(random))]);
        byte[] odd = Blob(random);
        for (int y = PatchTop; y < PatchTop + PatchSide; y++)
        {
            for (int x = PatchLeft; x < PatchLeft + PatchSide; x++)
                odd[(y * Side) + x] = (byte)(((x / 2) + (y / 2)) % 2 * 255);
        }

        File.WriteAllBytes(PathOf("odd.gray8"), odd);
        File.WriteAllText(PathOf("c.yaml"), $$"""
            pipelines:
              - name: blobs
                source: { kind: raw, path: odd.gray8, format: gray8, width: {{Side}}, height: {{Side}}, speed: full }
                models: [{ path: {{Model}}, fingerprint: f.ecfp }]
                preprocess: { antialias: false, rounding: none, mean: [72.93], std: [90.015] }
                snapshot: { of: odd, interval_s: 0 }

            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_odd_picture_s_region_and_snapshot_arrive_and_lie_over_what_is_odd()
    {
        FitMap();
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = 0 });
        ConcurrentDictionary<string, byte[]> received = [];
        using IMqttClient subscriber = await SubscribeAsync(broker.Port, received);
        await using MqttSink sink = MqttSink.Start(broker.Reach(new MqttOptions { Base = "edgeconv/test" }));
        using BoardMonitor board = new(new Board(), TimeProvider.System);
        PipelineBuilder builder = new(
            new SessionLoader(Assert.Fail), sink, board,
            new FamilyProfiles(null, TimeProvider.System), TimeProvider.System);
        PipelineOptions options = ConfigReader.ReadFile(PathOf("c.yaml")).Pipelines[0];
        await using RunnablePipeline pipeline = builder.Build(options);
        pipeline.Start();
        byte[] heat = await WaitAsync(received, "heatmap"), picture = await WaitAsync(received, "snapshot");
        ResultPayload result = JsonSerializer.Deserialize(
            await WaitAsync(received, "result"), PayloadJson.Default.ResultPayload)!;
        CheckRegion(result.Gate!);
        Assert.Equal((224, 224), await SizeOfAsync("s.jpg", picture));
        Assert.InRange(picture.Length, 1000, 60_000);
        (int width, int height) = await SizeOfAsync("h.png", heat);
        Assert.Equal(width, height);
        Assert.Equal(0, width % Fingerprint.Read(PathOf("f.ecfp")).Map!.Choice.Width);
    }

    [Fact]
    public void Score_tells_where_a_picture_is_odd_as_results_do()
    {
        FitMap();
        string[] arguments = ["score", Model, "--fingerprint", PathOf("f.ecfp"), "--config", PathOf("c.yaml"), PathOf("odd.gray8")];
        ScoreRow row = JsonSerializer.Deserialize(CommandRun.Success([.. arguments, "--json"]), ScoreJson.Default.ScoreRow)!;
        RegionPayload region = row.Region!;
        CheckRegion(new GatePayload(row.Verdict, row.P, null, row.Tap)
        {
            Contributions = [.. row.Contributions],
            Region = region,
        });
        string[] lines = CommandRun.Success([.. arguments, "--csv"]).Split('\n');
        Assert.EndsWith(",contributions,region_x,region_y,region_width,region_height", lines[0], StringComparison.Ordinal);
        string box = string.Create(
            CultureInfo.InvariantCulture, $"{region.X},{region.Y},{region.Width},{region.Height}");
        Assert.EndsWith($",{box}", lines[1], StringComparison.Ordinal);
        string accepted = CommandRun.Success([.. arguments[..^1], PathOf("known.gray8"), "--csv"]).Split('\n')
            .First(line => line.Contains(",accepted,", StringComparison.Ordinal));
        Assert.EndsWith(",,,,", accepted, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_that_would_never_come_are_refused_in_one_line()
    {
        string config = File.ReadAllText(PathOf("c.yaml")).Replace(", fingerprint: f.ecfp", "", StringComparison.Ordinal);
        Assert.EndsWith("snapshot.of: no model has a 'fingerprint', so that nothing is ever odd\n",
            Problem(config), StringComparison.Ordinal);
        Assert.EndsWith("snapshot.of: the models find no boxes, and have no 'fingerprint'; 'all' would do\n",
            Problem(config.Replace("of: odd", "of: found", StringComparison.Ordinal)), StringComparison.Ordinal);

        string Problem(string text)
        {
            File.WriteAllText(PathOf("c.yaml"), text);
            (int status, _, string errors) = CommandRun.Run("check", PathOf("c.yaml"));
            Assert.Equal(1, status);
            return errors;
        }
    }

    [Theory]
    [InlineData("--map 'round': is neither diagonal nor cholesky", "--map=round")]
    [InlineData("'round' is one argument too many; see 'edgeconv fit --help'", "--map", "round")]
    [InlineData("--map: cannot be used with --shard: maps of shards are not merged", "--map", "--shard")]
    [InlineData("--map-tap: needs --map beside it", "--map-tap", "x")]
    public void A_wrong_map_is_refused_in_one_line(string problem, params string[] more)
    {
        (int status, _, string errors) = CommandRun.Run([.. FitArguments(), .. more]);
        Assert.Equal((1, $"edgeconv: {problem}\n"), (status, errors));
    }

    [Theory]
    [InlineData(MapMode.Cholesky, "--map")]
    [InlineData(MapMode.Cholesky, "--map", "cholesky")]
    [InlineData(MapMode.Diagonal, "--map", "diagonal")]
    [InlineData(MapMode.Diagonal, "--map=diagonal")]
    public void A_model_behind_the_map_is_the_model(MapMode mode, params string[] map)
    {
        (int status, _, string errors) = CommandRun.Run(["fit", .. map, .. FitArguments()[1..]]);
        Assert.True(status == 0, errors);
        Assert.Equal(mode, Fingerprint.Read(PathOf("f.ecfp")).Map!.Choice.Mode);
    }

    private void FitMap()
    {
        (int status, string output, string errors) = CommandRun.Run([.. FitArguments(), "--map"]);
        Assert.True(status == 0, errors);
        Assert.Contains("  map '", output, StringComparison.Ordinal);
        (status, output, errors) = CommandRun.Run("fingerprint", "show", PathOf("f.ecfp"));
        Assert.True(status == 0, errors);
        Assert.Contains("odd above", output, StringComparison.Ordinal);
    }

    private string[] FitArguments() =>
    [
        "fit", Model, "--data", PathOf("known.gray8"), "--out", PathOf("f.ecfp"), "--config", PathOf("c.yaml"),
        "--no-check",
    ];

    // The centre of the box lies over the patch, give or take one position.
    private static void CheckRegion(GatePayload gate)
    {
        Assert.Equal("ood", gate.Verdict);
        Assert.Equal(5, gate.Contributions!.Length);
        RegionPayload region = gate.Region!;
        float right = region.X!.Value + region.Width!.Value, bottom = region.Y!.Value + region.Height!.Value;
        Assert.True(region.X >= 0 && region.Y >= 0 && right <= Side && bottom <= Side, region.ToString());
        Assert.InRange((region.X.Value + right) / 2, PatchLeft - 3, PatchLeft + PatchSide + 3);
        Assert.InRange((region.Y.Value + bottom) / 2, PatchTop - 3, PatchTop + PatchSide + 3);
    }

    private async Task<(int Width, int Height)> SizeOfAsync(string name, byte[] file)
    {
        string folder = Directory.CreateDirectory(PathOf(Path.GetFileNameWithoutExtension(name))).FullName;
        File.WriteAllBytes(Path.Combine(folder, name), file);
        await using ISource source = SourceFactory.Create(
            new SourceOptions { Kind = SourceKind.Images, Path = folder, RealTime = false }, null, TimeProvider.System);
        using Sample? sample = await source.ReadAsync(TestContext.Current.CancellationToken);
        Frame frame = Assert.IsType<Frame>(sample);
        return (frame.Width, frame.Height);
    }

    private static async Task<IMqttClient> SubscribeAsync(int port, ConcurrentDictionary<string, byte[]> received)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += message =>
        {
            received[message.ApplicationMessage.Topic] = message.ApplicationMessage.Payload.ToArray();
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build());
        await client.SubscribeAsync("edgeconv/test/blobs/#");
        return client;
    }

    private static async Task<byte[]> WaitAsync(ConcurrentDictionary<string, byte[]> received, string topic)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            if (received.TryGetValue($"edgeconv/test/blobs/{topic}", out byte[]? payload))
                return payload;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"nothing on {topic}; only {string.Join(' ', received.Keys)}");
    }

    // A soft blob anywhere over a slope of brightness, with a little noise.
    private static byte[] Blob(Random random)
    {
        double x0 = 6 + (16 * random.NextDouble()), y0 = 6 + (16 * random.NextDouble());
        double size = 4 + (4 * random.NextDouble()), slope = random.NextDouble() - 0.5;
        byte[] picture = new byte[Side * Side];
        for (int i = 0; i < picture.Length; i++)
        {
            double x = i % Side, y = i / Side;
            double distance = (((x - x0) * (x - x0)) + ((y - y0) * (y - y0))) / (2 * size * size);
            double value = 60 + (120 * Math.Exp(-distance)) + (slope * (x + y)) + (8 * random.NextDouble());
            picture[i] = (byte)Math.Clamp(value, 0, 255);
        }

        return picture;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
