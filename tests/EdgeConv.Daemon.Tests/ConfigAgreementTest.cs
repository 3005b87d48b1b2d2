using EdgeConv.Core;
using EdgeConv.Testing;
using NJsonSchema;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>The published schema and the reader accept and refuse the same files.</summary>
public sealed class ConfigAgreementTest
{
    // The validator follows references to definitions only under their older name.
    private static readonly Lazy<Task<JsonSchema>> Schema = new(() => JsonSchema.FromJsonAsync(
        File.ReadAllText(Repository.PathOf("deploy", "config", "config.schema.json"))
            .Replace("$defs", "definitions", StringComparison.Ordinal)));

    public static TheoryData<string> Samples =>
        [.. Directory.GetFiles(Repository.PathOf("deploy"), "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_obeys_the_schema(string file) =>
        Assert.Empty((await Schema.Value).Validate(YamlAsJson.Convert(File.ReadAllText(Repository.PathOf(file)))));

    [Theory]
    [InlineData("node: porch-1")]
    [InlineData("mqtt: { host: broker.lan, port: 1883 }")]
    [InlineData("mqtt: { port: 0 }")]
    [InlineData("mqtt: { protocol: \"5\" }")]
    [InlineData("mqtt: { protocol: 3.1.1 }")]
    [InlineData("mqtt: { base: a/b }")]
    [InlineData("mqtt: { keep_alive_s: 1, queue_limit: 1000000 }")]
    [InlineData("mqtt: { host: h, tls: { enabled: true } }")]
    [InlineData("plan_cache: /var/cache/edgeconv")]
    [InlineData("metrics: { port: 9464 }")]
    [InlineData("metrics: { bind: 0.0.0.0 }")]
    [InlineData("metrics:")]
    [InlineData("preview: { port: 9466, rate_hz: 0.01 }")]
    [InlineData("preview: { enabled: off, bind: 127.0.0.2, rate_hz: 120 }")]
    [InlineData("preview:")]
    [InlineData("budget: { power_watts: 0.01, power_window_s: 86400, temperature_celsius: 150 }")]
    [InlineData("budget: { power_watts: 10000, power_window_s: 0.1, temperature_celsius: 0 }")]
    public Task Both_accept_in_the_file(string line) => Agree($"{line}\n{Pipeline("threads: 1")}", isAccepted: true);

    [Theory]
    [InlineData("nod: porch")]
    [InlineData("node: a/b")]
    [InlineData("node: 'a b'")]
    [InlineData("mqtt: 5")]
    [InlineData("mqtt: [a]")]
    [InlineData("mqtt: { port: 65536 }")]
    [InlineData("mqtt: { port: -1 }")]
    [InlineData("mqtt: { port: 18.5 }")]
    [InlineData("mqtt: { port: many }")]
    [InlineData("mqtt: { protocol: 4 }")]
    [InlineData("mqtt: { keep_alive_s: 0 }")]
    [InlineData("mqtt: { queue_limit: 0 }")]
    [InlineData("mqtt: { password: secret }")]
    [InlineData("mqtt: { tls: { enabled: maybe } }")]
    [InlineData("mqtt: { tls: { ca: f } }")]
    [InlineData("plan_cache: [a]")]
    [InlineData("metrics: 9464")]
    [InlineData("metrics: { port: 0 }")]
    [InlineData("metrics: { port: 65536 }")]
    [InlineData("metrics: { bind: 127.1 }")]
    [InlineData("metrics: { bind: \"::1\" }")]
    [InlineData("metrics: { prot: 9464 }")]
    [InlineData("preview: yes")]
    [InlineData("preview: { port: 0 }")]
    [InlineData("preview: { rate_hz: 0 }")]
    [InlineData("preview: { rate_hz: 121 }")]
    [InlineData("preview: { bind: 0.0.0.0 }")]
    [InlineData("preview: { bind: 192.168.1.5 }")]
    [InlineData("preview: { bind: \"::1\" }")]
    [InlineData("preview: { quality: 75 }")]
    [InlineData("budget: 5")]
    [InlineData("budget: { power_watts: 0 }")]
    [InlineData("budget: { power_watts: 5W }")]
    [InlineData("budget: { power_watts: 10001 }")]
    [InlineData("budget: { power_window_s: 0 }")]
    [InlineData("budget: { temperature_celsius: 151 }")]
    [InlineData("budget: { latency_ms: 40 }")]
    [InlineData("plan_cache: ''")]
    public Task Both_refuse_in_the_file(string line) => Agree($"{line}\n{Pipeline("threads: 1")}", isAccepted: false);

    [Theory]
    [InlineData("threads: 256")]
    [InlineData("threads: [4, 1, 2]")]
    [InlineData("backend: onnxruntime")]
    [InlineData("preprocess: { fit: pad, color: bgr, antialias: false, pad_value: 255 }")]
    [InlineData("preprocess: { mean: 1.5, std: [2, -3.5] }")]
    [InlineData("preprocess: { rounding: none }")]
    [InlineData("decode: { kind: corners, labels: [a, 5], top: 1000, threshold: 0, overlap: 1 }")]
    [InlineData("gate: { alpha: 0.5 }")]
    [InlineData("gate: { drift: { enabled: off, alpha: 0.000001, interval_s: 0 } }")]
    [InlineData("snapshot: { enabled: true, of: found, interval_s: 0, expiry_s: 31536000 }")]
    [InlineData("snapshot: { of: all }")]
    [InlineData("snapshot: { of: odd }")]
    [InlineData("snapshot:")]
    [InlineData("decode: { kind: image, range: [-1, 1] }")]
    [InlineData("decode: { kind: segmentation, labels: [a, b] }")]
    [InlineData("gate: { drift: , events: { enabled: true, span: 1, gap_s: 0.5 } }")]
    [InlineData("budget: { latency_ms: 0.01, rate_hz: 1e6, rate_min_hz: 0.000001, dwell_s: 0.1 }")]
    [InlineData("budget: { rate_min_hz: 5, rate_hz: 5, priority: -1000, weight: 1000 }")]
    [InlineData("budget: { priority: 1000, weight: 0.001 }")]
    public Task Both_accept_in_a_pipeline(string line) => Agree(Pipeline(line), isAccepted: true);

    [Theory]
    [InlineData("threads: 0")]
    [InlineData("threads: 257")]
    [InlineData("threads: 1.5")]
    [InlineData("threads: []")]
    [InlineData("threads: [1, 0]")]
    [InlineData("threads: [1, 1.5]")]
    [InlineData("threads: [2, 1, 2]")]
    [InlineData("threads: [[1]]")]
    [InlineData("thread: 1")]
    [InlineData("backend: tensorrt")]
    [InlineData("preprocess: { fit: squeeze }")]
    [InlineData("preprocess: { pad_value: 256 }")]
    [InlineData("preprocess: { antialias: maybe }")]
    [InlineData("preprocess: { mean: [a] }")]
    [InlineData("preprocess: { rounding: float }")]
    [InlineData("preprocess: 5")]
    [InlineData("decode: { kind: yolo }")]
    [InlineData("decode: { top: 0 }")]
    [InlineData("decode: { threshold: 1.1 }")]
    [InlineData("decode: { labels: { a: b } }")]
    [InlineData("gate: { alpha: 0 }")]
    [InlineData("gate: { alpha: 0.6 }")]
    [InlineData("gate: [0.05]")]
    [InlineData("gate: { drift: false }")]
    [InlineData("gate: { drift: { alpha: 0 } }")]
    [InlineData("gate: { drift: { interval_s: -1 } }")]
    [InlineData("gate: { drift: { interval: 5 } }")]
    [InlineData("gate: { events: { span: 0 } }")]
    [InlineData("gate: { events: { span: 1.5 } }")]
    [InlineData("gate: { events: { gap_s: 86401 } }")]
    [InlineData("gate: { events: [1] }")]
    [InlineData("gate: { snapshot: { interval_s: 1 } }")]
    [InlineData("snapshot: true")]
    [InlineData("snapshot: { of: everything }")]
    [InlineData("snapshot: { interval_s: -1 }")]
    [InlineData("snapshot: { interval: 1 }")]
    [InlineData("snapshot: { expiry_s: 0 }")]
    [InlineData("snapshot: { expiry_s: 1.5 }")]
    [InlineData("decode: { range: 1 }")]
    [InlineData("decode: { range: [0] }")]
    [InlineData("decode: { range: [0, 1, 2] }")]
    [InlineData("budget: { latency_ms: 0 }")]
    [InlineData("budget: { latency_ms: 30ms }")]
    [InlineData("budget: { rate_min_hz: 0 }")]
    [InlineData("budget: { priority: 1.5 }")]
    [InlineData("budget: { priority: 1001 }")]
    [InlineData("budget: { weight: 0 }")]
    [InlineData("budget: { temperature_celsius: 75 }")]
    [InlineData("budget: { power_watts: 200 }")]
    [InlineData("budget: { power_window_s: 5 }")]
    public Task Both_refuse_in_a_pipeline(string line) => Agree(Pipeline(line), isAccepted: false);

    [Theory]
    [InlineData("pipelines: []")]
    [InlineData("pipelines: 5")]
    [InlineData("node: a")]
    [InlineData("pipelines: [{ source: { kind: wav, path: w }, models: [{ path: m }] }]")]
    [InlineData("pipelines: [{ name: a b, source: { kind: wav, path: w }, models: [{ path: m }] }]")]
    [InlineData("pipelines: [{ name: a, models: [{ path: m }] }]")]
    [InlineData("pipelines: [{ name: a, source: { kind: wav, path: w } }]")]
    [InlineData("pipelines: [{ name: a, source: { kind: wav, path: w }, models: [] }]")]
    [InlineData("pipelines: [{ name: a, source: { kind: wav, path: w }, models: [{ fingerprint: f }] }]")]
    [InlineData("pipelines: [{ name: a, source: { path: w }, models: [{ path: m }] }]")]
    [InlineData("pipelines: [{ name: a, source: { kind: lens, path: w }, models: [{ path: m }] }]")]
    [InlineData("pipelines: [{ name: a, source: { kind: wav, path: w, stride: 0 }, models: [{ path: m }] }]")]
    [InlineData("pipelines: [{ name: a, source: { kind: raw, path: w, format: s24 }, models: [{ path: m }] }]")]
    public Task Both_refuse_a_whole(string text) => Agree(text, isAccepted: false);

    [Theory]
    [InlineData("kind: camera", true)]
    [InlineData("kind: camera, device: /dev/v4l/by-id/usb-x-video-index0, rate_hz: 15", true)]
    [InlineData("kind: camera, device: HD Webcam, width: 640, height: 480, format: mjpg, coding: bt709", true)]
    [InlineData("kind: camera, format: auto, controls: { exposure: 10, focus: auto, white_balance: 4600 }", true)]
    [InlineData("kind: camera, format: yuyv, controls: ", true)]
    [InlineData("kind: camera, format: grey, width: 640", true)]
    [InlineData("kind: camera, device: ''", false)]
    [InlineData("kind: camera, format: gray8", false)]
    [InlineData("kind: camera, format: csv", false)]
    [InlineData("kind: camera, path: /dev/video0", false)]
    [InlineData("kind: camera, loop: true", false)]
    [InlineData("kind: camera, speed: full", false)]
    [InlineData("kind: camera, scale: 2", false)]
    [InlineData("kind: camera, controls: { exposure: 0 }", false)]
    [InlineData("kind: camera, controls: { exposure: automatic }", false)]
    [InlineData("kind: camera, controls: { white_balance: 900 }", false)]
    [InlineData("kind: camera, controls: { zoom: 2 }", false)]
    [InlineData("kind: camera, controls: auto", false)]
    [InlineData("kind: images, path: p, device: /dev/video0", false)]
    [InlineData("kind: wav, path: w, controls: { focus: 1 }", false)]
    [InlineData("kind: raw, path: w, format: mjpg", false)]
    public Task Both_answer_alike_about_a_camera(string source, bool isAccepted) => Agree(
        $"pipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: m }}] }}]", isAccepted);

    [Theory]
    [InlineData("kind: mqtt, topic: sensors/+/window", true)]
    [InlineData("kind: mqtt, topic: '#', format: image", true)]
    [InlineData("kind: mqtt, topic: a/b, group: fraud, format: f32, channels: 3, rate_hz: 50, offset: 1, scale: 0.5", true)]
    [InlineData("kind: mqtt, topic: a, format: gray8, width: 28, height: 28", true)]
    [InlineData("kind: mqtt, topic: a, columns: [x, y], in_flight: 8, max_payload_kb: 64, session_expiry_s: 60", true)]
    [InlineData("kind: mqtt, topic: a, broker: { host: b, port: 1884 }, client_id: c", true)]
    [InlineData("kind: mqtt, topic: a, broker: { host: b, tls: { enabled: true } }", true)]
    [InlineData("kind: mqtt", false)]
    [InlineData("kind: mqtt, topic: a/#/b", false)]
    [InlineData("kind: mqtt, topic: a/b+", false)]
    [InlineData("kind: mqtt, topic: $share/g/a", false)]
    [InlineData("kind: mqtt, topic: a, group: g/h", false)]
    [InlineData("kind: mqtt, topic: a, group: +", false)]
    [InlineData("kind: mqtt, topic: a, format: mjpg", false)]
    [InlineData("kind: mqtt, topic: a, format: gray8", false)]
    [InlineData("kind: mqtt, topic: a, path: p", false)]
    [InlineData("kind: mqtt, topic: a, loop: true", false)]
    [InlineData("kind: mqtt, topic: a, stride: 5", false)]
    [InlineData("kind: mqtt, topic: a, in_flight: 0", false)]
    [InlineData("kind: mqtt, topic: a, session_expiry_s: 0", false)]
    [InlineData("kind: mqtt, topic: a, broker: ", false)]
    [InlineData("kind: mqtt, topic: a, broker: { port: 1883 }", false)]
    [InlineData("kind: mqtt, topic: a, broker: { host: b, port: 0 }", false)]
    [InlineData("kind: mqtt, topic: a, broker: { host: b, protocol: 5 }", false)]
    [InlineData("kind: mqtt, topic: a, broker: { host: b, password_file: p }", false)]
    [InlineData("kind: raw, path: w, format: json", false)]
    [InlineData("kind: raw, path: w, topic: a", false)]
    [InlineData("kind: wav, path: w, group: g", false)]
    [InlineData("kind: camera, topic: a", false)]
    public Task Both_answer_alike_about_messages(string source, bool isAccepted) => Agree(
        $"pipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: m }}] }}]", isAccepted);

    [Theory]
    [InlineData("kind: video, url: rtsp://porch.lan/stream1", true)]
    [InlineData("kind: video, url: 'http://porch.lan:8080/video?fps=5', rate_hz: 5, width: 640, height: 480", true)]
    [InlineData("kind: video, url: clips/day.mp4, loop: true", true)]
    [InlineData("kind: video, url: rtsps://porch.lan/a, user: viewer", true)]
    [InlineData("kind: video", false)]
    [InlineData("kind: video, url: rtsp://me:secret@porch.lan/", false)]
    [InlineData("kind: video, url: ftp://porch.lan/a.mp4", false)]
    [InlineData("kind: video, url: rtsp:///a", false)]
    [InlineData("kind: video, url: a.mp4, width: 640", false)]
    [InlineData("kind: video, url: a.mp4, width: 641, height: 480", false)]
    [InlineData("kind: video, url: a.mp4, format: nv12", false)]
    [InlineData("kind: video, url: a.mp4, path: b", false)]
    [InlineData("kind: video, url: a.mp4, topic: b", false)]
    [InlineData("kind: wav, path: w, url: a", false)]
    [InlineData("kind: mqtt, topic: a, url: b", false)]
    [InlineData("kind: camera, url: a", false)]
    public Task Both_answer_alike_about_video(string source, bool isAccepted) => Agree(
        $"pipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: m }}] }}]", isAccepted);

    [Theory]
    [InlineData("rate_hz: 50, sensors: [{ kind: iio, device: bmi160 }]", true)]
    [InlineData("rate_hz: 50, stride: 5, sensors: [{ kind: iio, device: a, buffer: true, trigger: t, rate_hz: 100 }]", true)]
    [InlineData("rate_hz: 0.001, sensors: [{ kind: hwmon, device: sht4x, channels: temp1 }]", true)]
    [InlineData("rate_hz: 10000, sensors: [{ kind: hwmon, device: 1-0040, channels: [temp1, { name: 7, unit: °C }] }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: bme280, bus: 1, address: 0x76 }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: ina219, address: 64, shunt_ohms: 0.01 }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: spi, chip: mcp3008, bus: 0, select: 1 }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: gpio, chip: hc-sr501, gpio: pinctrl-rp1, line: 17 }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, resample: hold, gap: drop, gap_s: 0 }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, channels: { name: x, mean: 1, std: -2 } }]", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a }], trigger: { line: 4, edge: both, hold_s: 5 }", true)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a }], trigger: ", true)]
    [InlineData("sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 1", false)]
    [InlineData("rate_hz: 1, sensors: []", false)]
    [InlineData("rate_hz: 1, sensors: iio", false)]
    [InlineData("rate_hz: 10001, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 0.0001, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 1, path: p, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 1, channels: 3, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 1, device: a, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 1, speed: full, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ device: a }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: '' }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: 1-wire, device: a }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, chip: bme280 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: hwmon, device: a, buffer: true }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: dht22 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: mcp3008 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: bme280, address: 0x78 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: bme280, address: 0x07 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: bme280, address: 76h }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: i2c, chip: ina219, shunt_ohms: 0 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: spi, chip: mcp3008, select: -1 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: gpio, chip: hc-sr501 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: gpio, chip: hc-sr501, line: 1024 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, resample: cubic }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, gap: forget }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, gap_s: -1 }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, channels: [] }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, channels: [{ unit: V }] }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, channels: [{ name: x, std: 0 }] }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, channels: [{ name: x, scale: 2 }] }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a, channels: [[x]] }]", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a }], trigger: { edge: both }", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a }], trigger: { line: 4, hold_s: 0 }", false)]
    [InlineData("rate_hz: 1, sensors: [{ kind: iio, device: a }], trigger: { line: 4, edge: up }", false)]
    public Task Both_answer_alike_about_sensors(string source, bool isAccepted) => Agree(
        $"pipelines: [{{ name: a, source: {{ kind: sensors, {source} }}, models: [{{ path: m }}] }}]", isAccepted);

    [Theory]
    [InlineData("kind: camera, trigger: { gpio: pinctrl-rp1, line: 17 }", true)]
    [InlineData("kind: camera, trigger: { line: -1 }", false)]
    [InlineData("kind: camera, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("kind: wav, path: w, trigger: { line: 17 }", false)]
    [InlineData("kind: wav, path: w, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("kind: mqtt, topic: a, sensors: [{ kind: iio, device: a }]", false)]
    [InlineData("kind: mqtt, topic: a, trigger: { line: 17 }", false)]
    [InlineData("kind: video, url: a.mp4, trigger: { line: 17 }", false)]
    [InlineData("kind: sensors, rate_hz: 1, sensors: [{ kind: iio, device: a }], topic: b", false)]
    [InlineData("kind: sensors, rate_hz: 1, sensors: [{ kind: iio, device: a }], url: b", false)]
    public Task Both_answer_alike_about_what_belongs_to_other_sources(string source, bool isAccepted) => Agree(
        $"pipelines: [{{ name: a, source: {{ {source} }}, models: [{{ path: m }}] }}]", isAccepted);

    [Theory]
    [InlineData("x=1x3x224x224", true)]
    [InlineData("[x=1x3x8x8, y=7]", true)]
    [InlineData("a=b x c=2x2", true)]
    [InlineData("[]", true)]
    [InlineData("1x3x224x224", false)]
    [InlineData("=1x3", false)]
    [InlineData("x=1x0x3", false)]
    [InlineData("x=1x-1x3", false)]
    [InlineData("x=1x3x", false)]
    [InlineData("x=", false)]
    [InlineData("[x=1x3, 5]", false)]
    [InlineData("x=1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1", false)]
    [InlineData("{ x: 5 }", false)]
    public Task Both_answer_alike_about_the_shape_of_an_input(string shape, bool isAccepted) => Agree(
        "pipelines: [{ name: a, source: { kind: wav, path: w }, models: [{ path: m, shape: " + shape + " }] }]",
        isAccepted);

    [Theory]
    [InlineData("0", true)]
    [InlineData("0.932", true)]
    [InlineData("1", true)]
    [InlineData("1.001", false)]
    [InlineData("-0.1", false)]
    [InlineData("93%", false)]
    [InlineData("[0.9]", false)]
    public Task Both_answer_alike_about_an_accuracy(string accuracy, bool isAccepted) => Agree(
        "pipelines: [{ name: a, source: { kind: wav, path: w }, models: [{ path: m, accuracy: " + accuracy + " }] }]",
        isAccepted);

    [Theory]
    [InlineData("mqtt:", true)]
    [InlineData("budget:", true)]
    [InlineData("mqtt: { protocol: 5 }", true)]
    [InlineData("mqtt: { client_id: '' }", false)]
    [InlineData("mqtt: { base: a/+ }", false)]
    [InlineData("mqtt: { base: /a }", false)]
    [InlineData("mqtt: { bind: nowhere }", false)]
    [InlineData("mqtt: { bind: \"::1\" }", true)]
    [InlineData("mqtt: { host: null }", false)]
    public Task Both_answer_alike_in_the_file(string line, bool isAccepted) =>
        Agree($"{line}\n{Pipeline("threads: 1")}", isAccepted);

    [Theory]
    [InlineData("budget:", true)]
    [InlineData("decode: ~", true)]
    [InlineData("gate: null", true)]
    [InlineData("preprocess: { std: 0 }", false)]
    [InlineData("preprocess: { std: [1, 0] }", false)]
    [InlineData("preprocess: { mean: [] }", false)]
    public Task Both_answer_alike_in_a_pipeline(string line, bool isAccepted) => Agree(Pipeline(line), isAccepted);

    [Theory]
    [InlineData("models: [{ path: a }], gate: { alpha: 0.1 }", false)]
    [InlineData("models: [{ path: a }, { path: b }], gate: { events: { span: 3 } }", false)]
    [InlineData("models: [{ path: a }], gate: ~", true)]
    [InlineData("models: [{ path: a, fingerprint: f }, { path: b }], gate: { alpha: 0.1 }", true)]
    public Task Both_want_a_fingerprint_for_what_is_set_of_a_gate(string lines, bool isAccepted) =>
        Agree($"pipelines: [{{ name: a, source: {{ kind: wav, path: w }}, {lines} }}]", isAccepted);

    private static async Task Agree(string text, bool isAccepted)
    {
        string json = YamlAsJson.Convert(text);
        Assert.Equal((isAccepted, isAccepted), (IsRead(text), (await Schema.Value).Validate(json).Count == 0));
    }

    private static bool IsRead(string text)
    {
        try
        {
            ConfigReaderTest.Read(text);
            return true;
        }
        catch (ConfigError)
        {
            return false;
        }
    }

    private static string Pipeline(string line) =>
        $"pipelines: [{{ name: a, source: {{ kind: wav, path: w }}, models: [{{ path: m, fingerprint: f }}], {line} }}]";
}
