using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace EdgeConv.Daemon.Tests;

/// <summary>YAML as the JSON that an editor holds against a schema: plain words by YAML 1.2's core schema.</summary>
internal static class YamlAsJson
{
    public static string Convert(string yaml)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(yaml));
        return NodeOf(stream.Documents[0].RootNode)?.ToJsonString() ?? "null";
    }

    private static JsonNode? NodeOf(YamlNode node) => node switch
    {
        YamlMappingNode section => new JsonObject(section.Children.Select(
            entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, NodeOf(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(NodeOf)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain => ValueOf(plain.Value!),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => throw new InvalidOperationException($"no JSON for {node}"),
    };

    private static JsonValue? ValueOf(string word)
    {
        if (word is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (word is "true" or "false")
            return JsonValue.Create(word == "true");
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return JsonValue.Create(whole);
        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) &&
            double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(word);
    }
}
