using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Gating.Drift;
using EdgeConv.Gating.Events;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Watching;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class ConfigReaderTest
{
    private const string Minimal = """
        pipelines:
          - name: a
            source: { kind: images, path: pictures }
            models: [{ path: a.onnx }]
        """;

    [Fact]
    public void A_minimal_file_has_defaults_everywhere_else()
    {
        DaemonOptions options = Read(Minimal);
        PipelineOptions pipeline = Assert.Single(options.Pipelines);
        Assert.Null(options.Mqtt.Host);
        Assert.Equal(Backend.Auto, pipeline.Backend);
        Assert.Equal([1], pipeline.Threads);
        Assert.Null(pipeline.Gate.Alpha);
        WatchOptions watch = new() { Drift = new DriftOptions(), Events = new EventOptions() };
        Assert.Equal(watch, pipeline.Gate.Watch);
        Assert.Equal(new BudgetOptions(), pipeline.Budget);
        Assert.Equal(new BoardBudget(), options.Budget);
        Assert.Equal("/conf/a.onnx", pipeline.Models[0].Path);
        Assert.Equal("/conf/pictures", pipeline.Source.Path);
    }

    [Fact]
    public void The_sample_configuration_is_read()
    {
        string path = Repository.PathOf("deploy", "config", "edgeconv.yaml");
        // Its labels file is where the package puts it, which a test machine does not have.
        string text = File.ReadAllText(path).Replace(
            "labels_file: /usr/share/edgeconv/models/fashion/labels.txt",
            "labels: [a]", StringComparison.Ordinal);
        DaemonOptions options = Read(text);
        Assert.Equal("broker.lan", options.Mqtt.Host);
        Assert.Equal("edgeconv/porch", options.Mqtt.Base);
        Assert.Equal(TimeSpan.FromMilliseconds(40), options.Pipelines[0].Budget.Latency);
        Assert.Equal(2, options.Pipelines[0].Models.Count);
        Assert.Equal(new GateOptions { Alpha = 0.05 }, options.Pipelines[0].Gate);
    }

    [Fact]
    public void The_budgets_of_board_and_pipeline_are_read()
    {
        DaemonOptions options = Read(
            "budget: { power_watts: 6.5, power_window_s: 20, temperature_celsius: 70 }\n" + Minimal
            + "\n    budget: { latency_ms: 12.5, rate_hz: 8, rate_min_hz: 2, "
            + "dwell_s: 3, priority: -4, weight: 2.5 }");
        Assert.Equal(
            new BoardBudget
            {
                PowerWatts = 6.5,
                PowerWindow = TimeSpan.FromSeconds(20),
                TemperatureCelsius = 70,
            },
            options.Budget);
        Assert.Equal(
            new BudgetOptions
            {
                Latency = TimeSpan.FromMilliseconds(12.5),
                RateHertz = 8,
                LeastRateHertz = 2,
                Dwell = TimeSpan.FromSeconds(3),
                Priority = -4,
                Weight = 2.5,
            },
            options.Pipelines[0].Budget);
    }

    [Fact]
    public void Drift_and_events_of_a_gate_are_set_and_switched_off()
    {
        const string Gate =
            "\n    gate: { drift: { alpha: 0.2, interval_s: 1.5 }, events: { enabled: no, span: 3 } }";
        Assert.Equal(
            new WatchOptions
            {
                Drift = new DriftOptions { Alpha = 0.2, Interval = TimeSpan.FromSeconds(1.5) },
                Events = null,
            },
            Read(Minimal.Replace("a.onnx", "a.onnx, fingerprint: a.ecfp", StringComparison.Ordinal) + Gate)
                .Pipelines[0].Gate.Watch);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("snapshot: ", null)]
    [InlineData("snapshot: { enabled: no }", null)]
    [InlineData("snapshot: { enabled: yes }", 1.0)]
    [InlineData("snapshot: { interval_s: 0.5 }", 0.5)]
    public void Pictures_leave_the_device_only_when_they_are_asked_for(string line, double? seconds) => Assert.Equal(
        seconds,
        Read($"{Minimal}\n    {line}").Pipelines[0].Snapshots?.Interval.TotalSeconds);

    [Fact]
    public void A_snapshot_s_subject_and_expiry_are_read() => Assert.Equal(
        new SnapshotOptions
        {
            Of = SnapshotSubject.Odd,
            Interval = TimeSpan.FromSeconds(5),
            Expiry = TimeSpan.FromMinutes(1),
        },
        Read(Minimal + "\n    snapshot: { of: odd, interval_s: 5, expiry_s: 60 }").Pipelines[0].Snapshots);

    [Theory]
    [InlineData("", null)]
    [InlineData("preview:\n", null)]
    [InlineData("preview: { enabled: no }\n", null)]
    [InlineData("preview: { enabled: yes }\n", "127.0.0.1 9466 10")]
    [InlineData("preview: { bind: 127.0.0.2, port: 80, rate_hz: 2.5 }\n", "127.0.0.2 80 2.5")]
    public void A_preview_is_served_only_when_it_is_asked_for(string line, string? expected) => Assert.Equal(
        expected,
        Read(line + Minimal).Preview is { } preview
            ? string.Create(CultureInfo.InvariantCulture, $"{preview.Bind} {preview.Port} {preview.RateHertz}")
            : null);

    [Fact]
    public void A_preview_to_the_network_is_refused_with_what_to_do_instead() => Assert.Equal(
        "c.yaml:1: preview.bind: 192.168.1.5 is not of the loopback interface, 127.0.0.1, and a preview has no password; "
            + "from elsewhere reach it through ssh -L or a proxy that has one",
        Assert.Throws<ConfigError>(() => Read("preview: { bind: 192.168.1.5 }\n" + Minimal)).Message);

    [Fact]
    public void A_preview_on_the_port_of_the_metrics_is_refused() => Assert.Equal(
        "c.yaml:2: preview.port: 9464 is the port of 'metrics' too; give each its own",
        Assert.Throws<ConfigError>(() => Read("metrics: { port: 9464 }\npreview: { port: 9464 }\n" + Minimal)).Message);

    [Fact]
    public void Inputs_that_stay_the_same_are_files_beside_the_configuration()
    {
        MemberOptions member = Read(Minimal.Replace("a.onnx", "a.onnx, inputs: { style: s.npy, size: /n.npy }",
            StringComparison.Ordinal)).Pipelines[0].Models[0];
        Assert.Equal(["style", "size"], member.Inputs.Select(input => input.Name));
        Assert.Equal("/n.npy", member.Inputs[1].Path);
        Assert.True(Path.IsPathRooted(member.Inputs[0].Path));
    }

    [Theory]
    [InlineData("kind: image, range: [-1, 1]", -1f, 1f, 0.7f)]
    [InlineData("kind: segmentation", 0f, 1f, 0.5f)]
    [InlineData("kind: corners", 0f, 1f, 0.7f)]
    public void Each_kind_of_decoder_has_its_range_and_threshold(string decode, float low, float high, float threshold)
    {
        DecodeOptions options = Read(Minimal + $"\n    decode: {{ {decode} }}").Pipelines[0].Decode;
        Assert.Equal((low, high, threshold), (options.Low, options.High, options.Threshold));
    }

    [Theory]
    [InlineData("[1, 0]")]
    [InlineData("[1, 1]")]
    [InlineData("1")]
    [InlineData("[0, 1, 2]")]
    public void A_range_that_is_none_is_refused(string range) => Assert.EndsWith(
        "decode.range: needs two numbers, what is black and what is white in the model's picture: [0, 1]",
        Assert.Throws<ConfigError>(() => Read(Minimal + $"\n    decode: {{ kind: image, range: {range} }}")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(
        Minimal + "\n    gate: { drift: { alpha: 2 } }",
        "c.yaml:5: pipelines[0].gate.drift.alpha: 2 is not a share in 1E-06..0.5")]
    [InlineData(
        Minimal + "\n    gate: { alpha: 0.1 }",
        "c.yaml:5: pipelines[0].gate: no model of this pipeline has a 'fingerprint', so that it has no gate; "
            + "add one, or leave this out")]
    [InlineData("budget: { temperature_celsius: 400 }\n" + Minimal,
        "c.yaml:1: budget.temperature_celsius: 400 is not a temperature in °C in 0..150")]
    [InlineData("budget: { power_wats: 5 }\n" + Minimal,
        "c.yaml:1: budget.power_wats: unknown key 'power_wats'; did you mean 'power_watts'?")]
    [InlineData("pipeline:", "c.yaml:1: pipeline: unknown key 'pipeline'; did you mean 'pipelines'?")]
    [InlineData("pipelines: []", "c.yaml:1: pipelines: is missing; at least one pipeline is needed")]
    [InlineData("pipelines: 5", "c.yaml:1: pipelines: '5' where a list is needed")]
    [InlineData("- 1", "c.yaml:1: a list where a section of keys is needed")]
    [InlineData("", "c.yaml: is empty")]
    [InlineData("a: [1", "is no valid YAML")]
    [InlineData("a: &x 1\nb: *x", "anchors and aliases are not used")]
    [InlineData("node: a\nnode: b", "c.yaml:2: node: stands there twice")]
    [InlineData("node: a/b\n" + Minimal, "a/b")]
    [InlineData("mqtt: { password: secret }\n" + Minimal, "secrets do not stand in the configuration")]
    [InlineData("mqtt: { port: 99999 }\n" + Minimal, "99999 is not a whole number in 0..65535")]
    [InlineData("mqtt: { port: 18.5 }\n" + Minimal, "'18.5' is not a whole number")]
    [InlineData("mqtt: { hots: broker }\n" + Minimal, "unknown key 'hots'; did you mean 'host'?")]
    [InlineData("mqtt: { protocol: 4 }\n" + Minimal, "'4' is not one of 5, 3.1.1")]
    [InlineData("mqtt: { bind: 0.0.0.0 }\n" + Minimal, "that needs 'user' and a password")]
    [InlineData("mqtt: { password_file: nowhere, user: u }\n" + Minimal, "mqtt.password_file: cannot be read")]
    [InlineData("mqtt: { client_id: '' }\n" + Minimal, "mqtt.client_id: is empty; give it a value or leave the key out")]
    [InlineData("mqtt: { password_file: }\n" + Minimal, "mqtt.password_file: is empty")]
    [InlineData("mqtt: { host: null }\n" + Minimal, "mqtt.host: is empty")]
    [InlineData("mqtt: { tls: }\n" + Minimal, "mqtt.tls: is empty; 'tls: { enabled: true }' trusts")]
    [InlineData("mqtt: { base: a/+ }\n" + Minimal, "'a/+' is no base topic")]
    [InlineData("mqtt: { base: /a }\n" + Minimal, "'/a' is no base topic")]
    [InlineData("mqtt: { bind: nowhere }\n" + Minimal, "'nowhere' is no IP address")]
    [InlineData("mqtt: { bind: 127.1 }\n" + Minimal, "'127.1' is no IP address")]
    public void A_mistake_gets_one_line_that_names_place_and_remedy(string text, string expected)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => Read(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("budget: { latency_ms: 30ms }", "'30ms' is not a number of milliseconds, written without a unit")]
    [InlineData("budget: { latency: 30 }", "unknown key 'latency'; did you mean 'latency_ms'?")]
    [InlineData("budget: { latency_ms: 0 }", "0 is not a number of milliseconds in 0.01..3600000")]
    [InlineData("budget: { temperature_celsius: 75 }",
        "budget.temperature_celsius: is the board's: it belongs under 'budget' at the top of the file")]
    [InlineData("budget: { power_watts: 5 W }",
        "budget.power_watts: is the board's: it belongs under 'budget' at the top of the file")]
    [InlineData("budget: { rate_hz: 2, rate_min_hz: 5 }",
        "budget.rate_min_hz: 5 is above rate_hz, 2; at most that is right")]
    [InlineData("budget: { priority: high }", "'high' is not a whole number")]
    [InlineData("threads: 0", "0 is not a whole number in 1..256")]
    [InlineData("threads: 1e400", "is not a whole number")]
    [InlineData("backend: tensorrt", "'tensorrt' is not one of auto, edgeconv, onnxruntime")]
    [InlineData("gate: { alpha: 5 }", "5 is not a share")]
    [InlineData("preprocess: { std: [1, 0] }", "0 cannot divide")]
    [InlineData("preprocess: { antialias: maybe }", "'maybe' is not true or false")]
    [InlineData("preprocess: { std: 0 }", "0 cannot divide")]
    [InlineData("preprocess: { rounding: float }", "'float' is not one of byte, none")]
    [InlineData("preprocess: { mean: [] }", "mean: is empty")]
    [InlineData("decode: { labels: [~] }", "nothing where a single value is needed")]
    [InlineData("preprocess: { mean: [a] }", "'a' is not a number")]
    [InlineData("decode: { labels: [a], labels_file: b }", "one of the two is enough")]
    [InlineData("decode: { labels_file: nowhere.txt }", "labels_file: cannot be read")]
    public void A_mistake_in_a_pipeline_names_the_pipeline(string line, string expected)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => Read($"{Minimal}\n    {line}\n"));
        Assert.Contains("pipelines[0].", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: images", "source.path: is missing")]
    [InlineData("path: x", "source.kind: is missing")]
    [InlineData("kind: lens, path: x", "'lens' is not one of images, csv, wav, raw, stdin, camera, sensors")]
    [InlineData("kind: camera, path: x",
        "unknown key 'path'; known here are coding, controls, device, format, height, kind, rate_hz, trigger, width")]
    [InlineData("kind: camera, format: gray8", "'gray8' is not one of auto, yuyv, uyvy, nv12, grey, rgb24, mjpg")]
    [InlineData("kind: camera, controls: { exposure: 0 }",
        "0 is not an exposure in ms (or auto) in 0.1..10000")]
    [InlineData("kind: camera, controls: { focus: far }",
        "'far' is not a focus in the camera's steps (or auto), written without a unit")]
    [InlineData("kind: images, path: x, device: /dev/video0", "'device' belongs to a source of 'kind: camera'")]
    [InlineData("kind: stdin, format: rgb24", "bare pictures need both 'width' and 'height'")]
    [InlineData("kind: stdin, format: nv12, width: 4", "bare pictures need both 'width' and 'height'")]
    [InlineData("kind: stdin, format: yuyv, coding: jpeg", "'jpeg' is not one of bt601, bt601-full, bt709, bt709-full")]
    [InlineData("kind: csv, path: x, stride: -1", "-1 is not a whole number")]
    public void A_mistake_in_a_source_is_named(string source, string expected)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => Read(
            $"pipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: m }}] }}]"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_is_read_with_its_controls()
    {
        SourceOptions source = ReadSource("kind: camera, device: HD Webcam, format: mjpg, rate_hz: 15, width: 1280, " +
            "coding: bt709, controls: { exposure: 12.5, focus: auto }");
        Assert.Equal((SourceKind.Camera, 15.0, 1280, 0), (source.Kind, source.RateHertz, source.Width, source.Height));
        Assert.Equal(
            new CameraOptions
            {
                Device = "HD Webcam",
                Format = CameraFormat.Mjpg,
                Coding = ColorCoding.Bt709,
                ExposureMilliseconds = new ControlSetting(12.5),
                FocusSteps = new ControlSetting(null),
            },
            source.Camera);
        Assert.Equal(new CameraOptions(), ReadSource("kind: camera").Camera);
    }

    [Fact]
    public void A_camera_of_two_pipelines_is_refused()
    {
        const string Text = "pipelines: [{ name: a, source: { kind: camera }, models: [{ path: m }] }, " +
            "{ name: b, source: { kind: camera }, models: [{ path: m }] }]";
        Assert.Contains("pipeline 'a' reads this camera already; one pipeline reads a camera",
            Assert.Throws<ConfigError>(() => Read(Text)).Message, StringComparison.Ordinal);
    }

    private static SourceOptions ReadSource(string source) =>
        Read($"pipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: m }}] }}]").Pipelines[0].Source;

    [Fact]
    public void Pictures_of_luma_and_chroma_say_how_they_code_colours()
    {
        SourceOptions source = Assert.Single(Read(
            "pipelines: [{ name: a, models: [{ path: m }], source: "
            + "{ kind: stdin, format: yuv420, coding: bt709, width: 1280, height: 720 } }]").Pipelines).Source;
        Assert.Equal((PixelFormat.Yuv420, ColorCoding.Bt709), (source.PixelFormat, source.Coding));
        Assert.Equal(1280 * 720 * 3 / 2, source.PictureBytes);
    }

    [Theory]
    [InlineData("mqtt:\n" + Minimal)]
    [InlineData("mqtt: { protocol: 5, bind: \"::1\" }\n" + Minimal)]
    [InlineData(Minimal + "\n    budget:\n    decode:\n    gate: ~\n    preprocess: null")]
    public void A_section_with_nothing_below_it_has_its_defaults(string text) =>
        Assert.Null(Assert.Single(Read(text).Pipelines).Budget.Latency);

    [Fact]
    public void Two_pipelines_cannot_share_a_name()
    {
        string second = Minimal[Minimal.IndexOf("  - name", StringComparison.Ordinal)..];
        ConfigError error = Assert.Throws<ConfigError>(() => Read($"{Minimal}\n{second}"));
        Assert.Contains("'a' is the name of another pipeline", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_pipeline_s_mistake_is_collected()
    {
        List<EdgeConvError> problems = [];
        string text = """
            pipelines:
              - { name: a, source: { kind: x }, models: [] }
              - { name: b, source: { kind: wav, path: w }, models: [{ path: m }] }
              - { name: c d, source: { kind: wav, path: w }, models: [{ path: m }] }
            """;
        DaemonOptions options = ConfigReader.Read("/conf/c.yaml", ConfigParser.Read("c.yaml", text), problems);
        Assert.Equal(2, problems.Count);
        Assert.Equal("b", Assert.Single(options.Pipelines).Name);
    }

    [Fact]
    public void A_password_comes_from_a_file_without_its_line_end()
    {
        string folder = Directory.CreateTempSubdirectory("edgeconv-config-").FullName;
        File.WriteAllText(Path.Combine(folder, "secret"), "geheim\r\n");
        string file = Path.Combine(folder, "c.yaml");
        File.WriteAllText(file, $"mqtt: {{ host: h, user: u, password_file: secret }}\n{Minimal}");
        Assert.Equal("geheim", ConfigReader.ReadFile(file).Mqtt.Password);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_huge_or_deep_file_is_refused_before_it_costs_anything()
    {
        Assert.Throws<ConfigError>(() => Read(new string('[', 100_000)));
        Assert.Throws<ConfigError>(() => Read(string.Concat(Enumerable.Repeat("- ", 50_000))));
        Assert.Throws<ConfigError>(() => Read(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"k{i}: 1"))));
    }

    internal static DaemonOptions Read(string text)
    {
        List<EdgeConvError> problems = [];
        DaemonOptions options = ConfigReader.Read("/conf/c.yaml", ConfigParser.Read("c.yaml", text), problems);
        return problems.Count == 0 ? options : throw problems[0];
    }
}
