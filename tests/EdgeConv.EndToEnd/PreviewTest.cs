using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Mqtt;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>
/// A live source, a model that makes a picture of each picture, and what a browser and a subscriber get to see.
/// </summary>
public sealed class PreviewTest : IDisposable
{
    private const int Width = 64, Height = 48, RateHertz = 30;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-preview-").FullName;
    private readonly Mosquitto? _broker = Mosquitto.IsThere ? new Mosquitto("allow_anonymous true") : null;
    private readonly int _port = FreePort.Find();

    public PreviewTest()
    {
        File.WriteAllBytes(PathOf("negative.onnx"), OnnxBytes.Negative(Height, Width));
        File.WriteAllBytes(PathOf("white.npy"), Ones());
        WriteConfig("{ white: white.npy }");
    }

    public void Dispose()
    {
        _broker?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task The_picture_that_a_model_makes_is_shown_and_published()
    {
        await using Subscriber subscriber = await Subscriber.ConnectAsync(_broker!.Port);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", PathOf("c.yaml"));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        Task feeding = FeedAsync(daemon, stop.Token);
        string payload = await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/t/negative/result", Limit);
        ResultPayload result = JsonSerializer.Deserialize(payload, PayloadJson.Default.ResultPayload)!;
        Assert.Equal(("image", null), (result.Kind, result.Label));
        using HttpClient client = new() { BaseAddress = new Uri($"http://localhost:{_port}/"), Timeout = Limit };
        byte[] picture = await client.GetByteArrayAsync("negative.jpg", stop.Token);
        await AssertNegativeAsync(picture);
        Assert.InRange(await CountPicturesAsync(client, stop.Token), 5, int.MaxValue);
        await subscriber.WaitForAsync((topic, text) => topic == "edgeconv/t/negative/snapshot" && text.Length > 500, Limit);
        WriteConfig("{ white: white.npy }", previewRate: 5);
        daemon.Signal(PosixSignal.SIGHUP);
        await subscriber.WaitForAsync((topic, text) => topic == "edgeconv/t/health"
            && text.Contains("preview: has changed; that takes a restart of the daemon", StringComparison.Ordinal), Limit);
        await stop.CancelAsync();
        await feeding.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        daemon.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, daemon.WaitForEnd(Limit).Status);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    [InlineData("{}", "2 inputs (white, x); a pipeline feeds one: name files with the values of the others under 'inputs' of the model")]
    [InlineData("{ grey: white.npy }", "has no input 'grey'; its inputs are 'white', 'x'")]
    [InlineData("{ white: c.yaml }", "c.yaml: is no .npy file")]
    [InlineData("{ white: none.npy }", "none.npy: is not there; a file is needed")]
    public void Inputs_that_do_not_fit_are_named(string inputs, string problem)
    {
        WriteConfig(inputs);
        Assert.EndsWith(problem, Binary.Native.Refusal(Limit, "check", PathOf("c.yaml")), StringComparison.Ordinal);
    }

    private void WriteConfig(string inputs, int previewRate = 60) => File.WriteAllText(PathOf("c.yaml"), $$"""
        node: t
        mqtt: { host: 127.0.0.1, port: {{_broker?.Port ?? 1}} }
        preview: { port: {{_port}}, rate_hz: {{previewRate}} }
        pipelines:
          - name: negative
            source: { kind: stdin, format: rgb24, width: {{Width}}, height: {{Height}}, rate_hz: {{RateHertz}} }
            models: [{ path: negative.onnx, inputs: {{inputs}} }]
            preprocess: { std: [255] }
            decode: { kind: image }
            snapshot: { interval_s: 0.5 }

        """);

    private static async Task FeedAsync(RunningProgram daemon, CancellationToken stop)
    {
        byte[] frame = new byte[Width * Height * 3];
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)(i % 3 == 0 ? 200 : i % 3 == 1 ? 100 : 50);
        while (true)
        {
            await daemon.Input.BaseStream.WriteAsync(frame, stop);
            await daemon.Input.BaseStream.FlushAsync(stop);
            await Task.Delay(1000 / RateHertz, stop);
        }
    }

    private async Task AssertNegativeAsync(byte[] picture)
    {
        string folder = Directory.CreateDirectory(PathOf("seen")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "p.jpg"), picture);
        await using ISource source = SourceFactory.Create(
            new SourceOptions { Kind = SourceKind.Images, Path = folder, RealTime = false }, null, TimeProvider.System);
        using Sample? sample = await source.ReadAsync(TestContext.Current.CancellationToken);
        Frame frame = Assert.IsType<Frame>(sample);
        Assert.Equal((224, 168), (frame.Width, frame.Height));
        ReadOnlySpan<byte> middle = frame.Pixels.Span.Slice((84 * frame.Stride) + (112 * 3), 3);
        Assert.InRange(middle[0], 50, 60);
        Assert.InRange(middle[1], 150, 160);
        Assert.InRange(middle[2], 200, 210);
    }

    private static async Task<int> CountPicturesAsync(HttpClient client, CancellationToken stop)
    {
        using HttpResponseMessage response = await client.GetAsync("negative", HttpCompletionOption.ResponseHeadersRead, stop);
        using StreamReader stream = new(await response.Content.ReadAsStreamAsync(stop), Encoding.Latin1);
        int pictures = 0;
        for (int line = 0; line < 10_000 && pictures < 5; line++)
        {
            if (await stream.ReadLineAsync(stop).AsTask().WaitAsync(Limit, stop) is not { } text)
                break;
            pictures += text.EndsWith("--edgeconv-picture", StringComparison.Ordinal) ? 1 : 0;
        }

        return pictures;
    }

    // Version 1 of the format, float32 [1,3,1,1].
    private static byte[] Ones()
    {
        const string Header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 1, 1), }\n";
        byte[] length = new byte[2], one = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)Header.Length);
        BinaryPrimitives.WriteSingleLittleEndian(one, 1);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(Header), .. one, .. one, .. one];
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
