using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary><c>edgeconv run</c> as a service manager runs it, against a real mosquitto.</summary>
public sealed class DaemonTest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private const int WindowLength = 512;
    private const string Looping = "{ kind: csv, path: series.csv, rate_hz: 3600, stride: 360, loop: true }";
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-daemon-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task It_publishes_results_reloads_refuses_a_bad_file_and_says_goodbye()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        string config = WriteConfig(broker.Port, "heart");
        using RunningProgram daemon = Binary.Native.Start("run", "--config", config);

        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "online", Patience);
        string result = await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/heart/result", Patience);
        using JsonDocument json = JsonDocument.Parse(result);
        Assert.Equal("heart", json.RootElement.GetProperty("pipeline").GetString());
        Assert.True(json.RootElement.GetProperty("gate").GetProperty("p").GetDouble() > 0);

        WriteConfig(broker.Port, "second");
        daemon.Signal(PosixSignal.SIGHUP);
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/second/result", Patience);
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/heart/health" && payload.Length == 0, Patience);

        File.AppendAllText(config, "surprise: 1\n");
        daemon.Signal(PosixSignal.SIGHUP);
        await daemon.WaitForAsync("unknown key 'surprise'", Patience);
        string health = await subscriber.WaitForAsync((topic, payload) =>
            topic == "edgeconv/test/health" && payload.Contains("surprise", StringComparison.Ordinal), Patience);
        Assert.StartsWith("reload refused, the running configuration is kept: ", LastProblemOf(health), StringComparison.Ordinal);
        subscriber.Forget();
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/second/result", Patience);
        Assert.DoesNotContain(subscriber.Messages, m => m.Topic == "edgeconv/test/status");

        WriteConfig(broker.Port, "second");
        daemon.Signal(PosixSignal.SIGHUP);
        await subscriber.WaitForAsync((topic, payload) =>
            topic == "edgeconv/test/health" && LastProblemOf(payload) is null, Patience);

        daemon.Signal(PosixSignal.SIGTERM);
        (int status, _, string errors) = daemon.WaitForEnd(StopLimit);
        Assert.True(status == 0, errors);
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "stopped", Patience);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task A_reload_leaves_a_pipeline_on_standard_input_undisturbed()
    {
        const int Windows = 40;
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        string source = "{ kind: stdin, speed: full, rate_hz: 360 }";
        using RunningProgram daemon = Binary.Native.Start(
            "run", "--config", WriteConfig(broker.Port, ("input", source), ("first", Looping)));
        await WriteWindowsAsync(daemon.Input, Windows / 2);
        // Half a window lies in the source when the reload comes.
        await WriteWindowsAsync(daemon.Input, 0.5);
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/first/result", Patience);
        WriteConfig(broker.Port, ("second", Looping), ("input", source));
        daemon.Signal(PosixSignal.SIGHUP);
        await daemon.WaitForAsync("2 pipelines, 1 of them started anew", Patience);
        await WriteWindowsAsync(daemon.Input, (Windows / 2) - 0.5);
        await subscriber.WaitForAsync((topic, payload) =>
            topic == "edgeconv/test/input/result" && SequenceOf(payload) == Windows - 1, Patience);
        Assert.Equal(Enumerable.Range(0, Windows).Select(i => (long)i), SequencesOf(subscriber, "input"));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task A_changed_pipeline_on_standard_input_starts_anew_and_loses_no_window()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        string source = "{ kind: stdin, speed: full, rate_hz: 360 }";
        string config = WriteConfig(broker.Port, ("input", source));
        using RunningProgram daemon = Binary.Native.Start("run", "--config", config);
        await WriteWindowsAsync(daemon.Input, 10.5);
        await subscriber.WaitForAsync((topic, payload) =>
            topic == "edgeconv/test/input/result" && SequenceOf(payload) == 9, Patience);
        File.AppendAllText(config, "    gate: { alpha: 0.2 }\n");
        daemon.Signal(PosixSignal.SIGHUP);
        await daemon.WaitForAsync("1 pipelines, 1 of them started anew", Patience);
        await WriteWindowsAsync(daemon.Input, 9.5);
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/input/result" &&
            SequencesOf(subscriber, "input").Length == 20, Patience);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => (long)(i % 10)), SequencesOf(subscriber, "input"));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task A_recording_at_full_speed_arrives_whole_over_a_small_queue_and_then_the_daemon_ends()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        string config = WriteConfig(
            broker.Port, ("all", "{ kind: csv, path: series.csv, rate_hz: 360, stride: 8, speed: full }"));
        LimitQueue(config);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", config);
        (int status, _, string errors) = daemon.WaitForEnd(Patience);
        Assert.True(status == 0, errors);
        await subscriber.WaitForAsync(
            (topic, payload) => topic == "edgeconv/test/status" && payload == "stopped", Patience);
        Assert.Equal(
            Enumerable.Range(0, ((4000 - WindowLength) / 8) + 1).Select(i => (long)i), SequencesOf(subscriber, "all"));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task An_interrupt_stops_it_as_cleanly_as_a_termination()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", WriteConfig(broker.Port, "heart"));
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/heart/result", Patience);
        daemon.Signal(PosixSignal.SIGINT);
        (int status, _, string errors) = daemon.WaitForEnd(StopLimit);
        Assert.True(status == 0, errors);
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "stopped", Patience);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task A_broker_that_has_stalled_does_not_hold_up_a_stop()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        string config = WriteConfig(broker.Port, "heart");
        LimitQueue(config);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", config);
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/heart/result", Patience);
        broker.Stall();
        await daemon.WaitForAsync("the oldest are being dropped", Patience);
        daemon.Signal(PosixSignal.SIGTERM);
        (int status, string output, string errors) = daemon.WaitForEnd(StopLimit);
        Assert.True(status == 0, errors);
        Assert.Contains("results could not be delivered", output, StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task Over_tls_it_trusts_the_authority_that_it_is_told_and_no_other()
    {
        using Mosquitto broker = new(isTls: true);
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(broker.Authority);
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker, authority);
        string config = WriteConfig(broker.Port, "heart");
        UseTls(config, broker.Authority);
        using (RunningProgram daemon = Binary.Native.Start("run", "--config", config))
        {
            await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/heart/result", Patience);
            await daemon.WaitForAsync("(MQTT 5)", Patience);
            daemon.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, daemon.WaitForEnd(StopLimit).Status);
        }

        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "stopped", Patience);
        WriteConfig(broker.Port, "heart");
        UseTls(config, broker.Stranger);
        using RunningProgram wrong = Binary.Native.Start("run", "--config", config);
        await wrong.WaitForAsync("TLS failed: the broker's certificate is not trusted: ", Patience);
        wrong.Signal(PosixSignal.SIGTERM);
        (int status, string output, _) = wrong.WaitForEnd(StopLimit);
        Assert.Equal(0, status);
        string line = Assert.Single(output.Split('\n'), line => line.Contains("TLS failed", StringComparison.Ordinal));
        Assert.EndsWith($"(trusted: authorities in {broker.Stranger})", line, StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task Killed_hard_its_will_speaks_for_it()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", WriteConfig(broker.Port, "heart"));
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "online", Patience);
        daemon.KillHard();
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "offline", Patience);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task It_tells_systemd_that_it_is_ready_and_feeds_the_watchdog()
    {
        using Mosquitto broker = new();
        string path = Path.Combine(_folder, "notify");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        Dictionary<string, string> environment = new()
        {
            ["NOTIFY_SOCKET"] = path,
            ["WATCHDOG_USEC"] = "3000000",
        };
        using RunningProgram daemon = Binary.Native.Start(
            environment, "run", "--config", WriteConfig(broker.Port, "heart"));
        await Task.Run(() =>
        {
            WaitForState(socket, "READY=1");
            WaitForState(socket, "WATCHDOG=1");
            WaitForState(socket, "WATCHDOG=1");
            daemon.Signal(PosixSignal.SIGTERM);
            WaitForState(socket, "STOPPING=1");
        }, TestContext.Current.CancellationToken);
        Assert.Equal(0, daemon.WaitForEnd(StopLimit).Status);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task Its_lines_tell_the_journal_their_level()
    {
        Mosquitto broker = new();
        Dictionary<string, string> environment = new() { ["JOURNAL_STREAM"] = "8:1" };
        using RunningProgram daemon = Binary.Native.Start(
            environment, "run", "--config", WriteConfig(broker.Port, "heart"));
        await daemon.WaitForAsync("<6>EdgeConv.Daemon.Hosting.DaemonService[1009] mqtt: connected", Patience);
        broker.Dispose();
        await daemon.WaitForAsync("<4>EdgeConv.Daemon.Hosting.DaemonService[", Patience);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Check_names_every_problem_in_a_line_of_its_own()
    {
        string config = Path.Combine(_folder, "bad.yaml");
        File.WriteAllText(config, """
            pipelines:
              - name: one
                source: { kind: images, path: nowhere }
                models: [{ path: missing.onnx }]
              - name: two
                source: { kind: wav, path: nowhere.wav }
                models: [{ path: missing.onnx }]
                budget: { latency_ms: 30ms }
            """);
        (int status, _, string errors) = Binary.Native.Run(TimeSpan.FromSeconds(30), "check", config);
        Assert.Equal(1, status);
        Assert.Contains("missing.onnx", errors, StringComparison.Ordinal);
        Assert.Contains("nowhere", errors, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:8: pipelines[1].budget.latency_ms: '30ms' is not a number of milliseconds",
            errors, StringComparison.Ordinal);
    }

    private static string? LastProblemOf(string health)
    {
        using JsonDocument json = JsonDocument.Parse(health);
        return json.RootElement.GetProperty("last_problem").GetString();
    }

    private static void WaitForState(Socket socket, string wanted)
    {
        byte[] buffer = new byte[4096];
        long begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, $"no {wanted}");
            string text = Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
            if (text.Split('\n').Contains(wanted))
                return;
        }
    }

    private static async Task WriteWindowsAsync(StreamWriter input, double windows)
    {
        for (int i = 0; i < (int)(windows * WindowLength); i++)
            await input.WriteAsync("0.5\n");
        await input.FlushAsync();
    }

    private static long[] SequencesOf(Subscriber subscriber, string pipeline) =>
    [
        .. subscriber.Messages.Where(message => message.Topic == $"edgeconv/test/{pipeline}/result")
            .Select(message => SequenceOf(message.Payload)),
    ];

    private static long SequenceOf(string result)
    {
        using JsonDocument json = JsonDocument.Parse(result);
        return json.RootElement.GetProperty("seq").GetInt64();
    }

    private static void LimitQueue(string config) =>
        File.WriteAllText(config, File.ReadAllText(config).Replace(
            "host:", "queue_limit: 8, host:", StringComparison.Ordinal));

    private static void UseTls(string config, string authority) =>
        File.WriteAllText(config, File.ReadAllText(config).Replace(
            "host:", $"tls: {{ ca_file: {authority} }}, host:", StringComparison.Ordinal));

    private string WriteConfig(int port, string pipeline) => WriteConfig(port, (pipeline, Looping));

    private string WriteConfig(int port, params (string Name, string Source)[] pipelines)
    {
        string series = Path.Combine(_folder, "series.csv");
        if (!File.Exists(series))
        {
            File.WriteAllLines(series, Enumerable.Range(0, 4000).Select(
                i => Math.Sin(i / 20.0).ToString("R", CultureInfo.InvariantCulture)));
            File.WriteAllText(Path.Combine(_folder, "password"), Mosquitto.Password + "\n");
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $$"""
            node: test
            mqtt: { host: 127.0.0.1, port: {{port}}, user: {{Mosquitto.User}}, password_file: password }
            pipelines:

            """);
        foreach ((string name, string source) in pipelines)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                  - name: {name}
                    source: {source}
                    models:
                      - path: {Path.Combine(Data.Models, "heart", "heart.onnx")}
                        fingerprint: {Path.Combine(Data.Models, "heart", "heart.ecfp")}

                """);
        }

        string config = Path.Combine(_folder, "edgeconv.yaml");
        File.WriteAllText(config, text.ToString());
        return config;
    }
}
