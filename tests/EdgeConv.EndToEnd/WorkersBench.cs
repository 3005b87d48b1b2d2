using System.Diagnostics;
using System.Globalization;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>
/// Messages a second that one to three daemons of a group take from one broker, beside broker, publisher and observer on
/// the same machine. Runs only by <c>./build.sh bench mqtt</c>.
/// </summary>
public sealed class WorkersBench : IDisposable
{
    private const int MostWorkers = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-bench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true, Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task Messages_a_second_by_workers()
    {
        string small = Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx");
        Say("| model | ms an inference | 1 worker | 2 workers | 3 workers |");
        Say("| --- | ---: | ---: | ---: | ---: |");
        foreach (string model in (string[])[small, Scale(3), Scale(6)])
        {
            List<string> rates = [];
            for (int workers = 1; workers <= MostWorkers; workers++)
                rates.Add((await MeasureAsync(workers, model)).ToString("0", CultureInfo.InvariantCulture));
            Say($"| {Path.GetFileNameWithoutExtension(model)} | {TimeOf(model)} | {string.Join(" | ", rates)} |");
        }
    }

    private static async Task<double> MeasureAsync(int count, string model)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Mosquitto broker = new("max_queued_messages 0", "log_dest none");
        using Workers workers = new(broker, count, model);
        await using MessageStream stream = await MessageStream.StartAsync(broker, 1_000_000, new byte[28 * 28]);
        await stream.WaitForWorkersAsync(count, s_patience, cancellation);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task publishing = stream.PublishAsync(ahead: 500 * count, double.PositiveInfinity, enough.Token);
        await Task.Delay(s_warmUp, cancellation);
        int before = stream.Results;
        long begun = Stopwatch.GetTimestamp();
        await Task.Delay(s_measured, cancellation);
        double rate = (stream.Results - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await enough.CancelAsync();
        await publishing.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(count, stream.Shares.Count);
        return rate;
    }

    private string Scale(int phi)
    {
        string model = Repository.PathOf("deploy", "models", "fashion", "fashion-l.onnx");
        string text = phi.ToString(CultureInfo.InvariantCulture);
        (int status, _, string errors) = Binary.Native.Run(s_patience, "scale", model, "--phi", text, "--out", _folder);
        Assert.True(status == 0, errors);
        return Path.Combine(_folder, $"fashion-l-phi{text}.onnx");
    }

    private static string TimeOf(string model)
    {
        (int status, string output, string errors) = Binary.Native.Run(s_patience, "bench", "--json", "--seconds", "2", model);
        Assert.True(status == 0, errors);
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(output.Split('\n')[0]);
        return json.RootElement.GetProperty("edgeconv_ms").GetDouble().ToString("0.000", CultureInfo.InvariantCulture);
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
