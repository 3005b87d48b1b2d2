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
        { "/$defs/pipeline/properties/gate/properties/snapshot/properties",
            Pipeline($"gate: {{ snapshot: {{ {Strange}: 1 }} }}") },
        { "/$defs/pipeline/properties/budget/properties", Pipeline($"budget: {{ {Strange}: 1 }}") },
        { "/$defs/source/properties/controls/properties",
            $"pipelines: [{{ name: a, source: {{ kind: camera, controls: {{ {Strange}: 1 }} }}, models: [{{ path: m }}] }}]" },
        { "/$defs/broker/properties",
            $"pipelines: [{{ name: a, source: {{ kind: mqtt, topic: t, broker: {{ host: h, {Strange}: 1 }} }}, models: [{{ path: m }}] }}]" },
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

    private static IEnumerable<string> KeysAt(string pointer) =>
        At(pointer).EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);

    private static JsonElement At(string pointer) =>
        pointer.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(Schema, (at, name) => at.GetProperty(name));
}
