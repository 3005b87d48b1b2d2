using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary><c>edgeconv run</c> as a service manager runs it, against a real mosquitto.</summary>
public sealed class DaemonTest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-daemon-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task It_publishes_results_reloads_refuses_a_bad_file_and_says_goodbye()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber =
            await Subscriber.ConnectAsync(broker.Port, Mosquitto.User, Mosquitto.Password);
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
        subscriber.Forget();
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/second/result", Patience);
        Assert.DoesNotContain(subscriber.Messages, m => m.Topic == "edgeconv/test/status");

        daemon.Signal(PosixSignal.SIGTERM);
        (int status, _, string errors) = daemon.WaitForEnd(TimeSpan.FromSeconds(7));
        Assert.True(status == 0, errors);
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "stopped", Patience);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task An_interrupt_stops_it_as_cleanly_as_a_termination()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber =
            await Subscriber.ConnectAsync(broker.Port, Mosquitto.User, Mosquitto.Password);
        using RunningProgram daemon = Binary.Native.Start("run", "--config", WriteConfig(broker.Port, "heart"));
        await subscriber.WaitForAsync((topic, _) => topic == "edgeconv/test/heart/result", Patience);
        daemon.Signal(PosixSignal.SIGINT);
        (int status, _, string errors) = daemon.WaitForEnd(TimeSpan.FromSeconds(7));
        Assert.True(status == 0, errors);
        await subscriber.WaitForAsync((topic, payload) => topic == "edgeconv/test/status" && payload == "stopped", Patience);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task Killed_hard_its_will_speaks_for_it()
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber =
            await Subscriber.ConnectAsync(broker.Port, Mosquitto.User, Mosquitto.Password);
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
        Assert.Equal(0, daemon.WaitForEnd(TimeSpan.FromSeconds(7)).Status);
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

    private string WriteConfig(int port, string pipeline)
    {
        string series = Path.Combine(_folder, "series.csv");
        if (!File.Exists(series))
        {
            File.WriteAllLines(series, Enumerable.Range(0, 4000).Select(
                i => Math.Sin(i / 20.0).ToString("R", CultureInfo.InvariantCulture)));
            File.WriteAllText(Path.Combine(_folder, "password"), Mosquitto.Password + "\n");
        }

        string config = Path.Combine(_folder, "edgeconv.yaml");
        File.WriteAllText(config, $$"""
            node: test
            mqtt: { host: 127.0.0.1, port: {{port}}, user: {{Mosquitto.User}}, password_file: password }
            pipelines:
              - name: {{pipeline}}
                source: { kind: csv, path: series.csv, rate_hz: 3600, stride: 360, loop: true }
                models:
                  - path: {{Path.Combine(Data.Models, "heart", "heart.onnx")}}
                    fingerprint: {{Path.Combine(Data.Models, "heart", "heart.ecfp")}}

            """);
        return config;
    }
}
