using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>The published schema and the reader know the same keys: the reader lists its own when it refuses one.</summary>
public sealed class ConfigSchemaTest
{
    private const string Strange = "zzzzzzzzzzzz";
    private static readonly JsonElement Schema = JsonDocument.Parse(
        File.ReadAllText(Repository.PathOf("deploy", "config", "config.schema.json"))).RootElement;

    public static TheoryData<string, string> Sections => new()
    {
        { "/properties", $"{Strange}: 1\npipelines: [{{ name: a, source: {{ kind: wav, path: w }}, models: [{{ path: m }}] }}]" },
        { "/properties/budget/properties", $"budget: {{ {Strange}: 1 }}\npipelines: []" },
        { "/$defs/mqtt/properties", $"mqtt: {{ {Strange}: 1 }}\npipelines: []" },
        { "/$defs/tls/properties", $"mqtt: {{ tls: {{ {Strange}: 1 }} }}\npipelines: []" },
        { "/$defs/pipeline/properties", Pipeline($"{Strange}: 1") },
        { "/$defs/pipeline/properties/models/items/properties",
            $"pipelines: [{{ name: a, source: {{ kind: wav, path: w }}, models: [{{ path: m, {Strange}: 1 }}] }}]" },
        { "/$defs/pipeline/properties/preprocess/properties", Pipeline($"preprocess: {{ {Strange}: 1 }}") },
        { "/$defs/pipeline/properties/decode/properties", Pipeline($"decode: {{ {Strange}: 1 }}") },
        { "/$defs/pipeline/properties/gate/properties", Pipeline($"gate: {{ {Strange}: 1 }}") },
        { "/$defs/pipeline/properties/gate/properties/drift/properties",
            Pipeline($"gate: {{ drift: {{ {Strange}: 1 }} }}") },
        { "/$defs/pipeline/properties/gate/properties/events/properties",
            Pipeline($"gate: {{ events: {{ {Strange}: 1 }} }}") },
        { "/$defs/pipeline/properties/snapshot/properties", Pipeline($"snapshot: {{ {Strange}: 1 }}") },
        { "/properties/preview/properties", $"preview: {{ {Strange}: 1 }}\n{Pipeline("threads: 1")}" },
        { "/$defs/pipeline/properties/budget/properties", Pipeline($"budget: {{ {Strange}: 1 }}") },
        { "/$defs/source/properties/controls/properties",
            $"pipelines: [{{ name: a, source: {{ kind: camera, controls: {{ {Strange}: 1 }} }}, models: [{{ path: m }}] }}]" },
        { "/$defs/broker/properties",
            $"pipelines: [{{ name: a, source: {{ kind: mqtt, topic: t, broker: {{ host: h, {Strange}: 1 }} }}, models: [{{ path: m }}] }}]" },
        { "/$defs/source/properties/trigger/properties",
            $"pipelines: [{{ name: a, source: {{ kind: camera, trigger: {{ line: 1, {Strange}: 1 }} }}, models: [{{ path: m }}] }}]" },
        { "/$defs/sensor_iio/properties", Sensor("kind: iio, device: d") },
        { "/$defs/sensor_hwmon/properties", Sensor("kind: hwmon, device: d") },
        { "/$defs/sensor_i2c/properties", Sensor("kind: i2c, chip: bme280") },
        { "/$defs/sensor_spi/properties", Sensor("kind: spi, chip: mcp3008") },
        { "/$defs/sensor_gpio/properties", Sensor("kind: gpio, chip: hc-sr501, line: 1") },
        { "/$defs/sensor_channel/anyOf/1/properties",
            Sensor($"kind: iio, device: d, channels: [{{ name: x, {Strange}: 1 }}]") },
        { "/$defs/source/properties",
            $"pipelines: [{{ name: a, source: {{ kind: wav, path: w, {Strange}: 1 }}, models: [{{ path: m }}] }}]" },
    };

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_has_the_same_keys_in_schema_and_reader(string pointer, string text)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => ConfigReaderTest.Read(text));
        const string Known = "known here are ";
        int at = error.Message.IndexOf(Known, StringComparison.Ordinal);
        Assert.True(at > 0, error.Message);
        string[] read = error.Message[(at + Known.Length)..].Split(", ");
        Assert.Equal(KeysAt(pointer), read);
    }

    [Fact]
    public void Words_of_a_choice_are_the_same_in_schema_and_reader()
    {
        foreach ((string pointer, string text) in (IEnumerable<(string, string)>)[
            ("/$defs/source/properties/kind/enum", "pipelines: [{ name: a, source: { kind: zz, path: w }, models: [{ path: m }] }]"),
            ("/$defs/camera_format/enum", "pipelines: [{ name: a, source: { kind: camera, format: zz }, models: [{ path: m }] }]"),
            ("/$defs/sample_format/enum", "pipelines: [{ name: a, source: { kind: raw, path: w, format: zz }, models: [{ path: m }] }]"),
            ("/$defs/message_format/enum", "pipelines: [{ name: a, source: { kind: mqtt, topic: t, format: zz }, models: [{ path: m }] }]"),
            ("/$defs/source/properties/speed/enum", "pipelines: [{ name: a, source: { kind: raw, path: w, speed: zz }, models: [{ path: m }] }]"),
            ("/$defs/pipeline/properties/backend/enum", Pipeline("backend: zz")),
            ("/$defs/pipeline/properties/preprocess/properties/fit/enum", Pipeline("preprocess: { fit: zz }")),
            ("/$defs/pipeline/properties/preprocess/properties/rounding/enum", Pipeline("preprocess: { rounding: zz }")),
            ("/$defs/pipeline/properties/preprocess/properties/color/enum", Pipeline("preprocess: { color: zz }")),
            ("/$defs/pipeline/properties/decode/properties/kind/enum", Pipeline("decode: { kind: zz }")),
            ("/$defs/sensor_i2c/properties/chip/enum", SensorOf("kind: i2c, chip: zz")),
            ("/$defs/sensor_spi/properties/chip/enum", SensorOf("kind: spi, chip: zz")),
            ("/$defs/sensor_gpio/properties/chip/enum", SensorOf("kind: gpio, chip: zz, line: 1")),
            ("/$defs/sensor_iio/properties/resample/enum", SensorOf("kind: iio, device: d, resample: zz")),
            ("/$defs/sensor_iio/properties/gap/enum", SensorOf("kind: iio, device: d, gap: zz")),
            ("/$defs/mqtt/properties/protocol/enum", "mqtt: { protocol: zz }\npipelines: []")])
        {
            ConfigError error = Assert.Throws<ConfigError>(() => ConfigReaderTest.Read(text));
            string words = string.Join(", ", At(pointer).EnumerateArray()
                .Where(word => word.ValueKind == JsonValueKind.String).Select(word => word.GetString()));
            Assert.EndsWith($"'zz' is not one of {words}", error.Message, StringComparison.Ordinal);
        }
    }

    private static string Pipeline(string line) =>
        $"pipelines: [{{ name: a, source: {{ kind: wav, path: w }}, models: [{{ path: m }}], {line} }}]";

    private static string Sensor(string keys) => SensorOf($"{keys}, {Strange}: 1");

    private static string SensorOf(string keys) =>
        $"pipelines: [{{ name: a, source: {{ kind: sensors, rate_hz: 1, sensors: [{{ {keys} }}] }}, models: [{{ path: m }}] }}]";

    private static IEnumerable<string> KeysAt(string pointer) =>
        At(pointer).EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);

    private static JsonElement At(string pointer) =>
        pointer.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(Schema, (at, name) => int.TryParse(name, out int item) ? at[item] : at.GetProperty(name));
}
