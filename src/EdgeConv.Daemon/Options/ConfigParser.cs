using System.Globalization;
using EdgeConv.Core;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeConv.Daemon.Options;

/// <summary>
/// Reads YAML into <see cref="ConfigNode"/>s from the library's event stream, so that size, depth and repetition
/// are bounded while reading and every node keeps its line.
/// </summary>
internal sealed class ConfigParser
{
    /// <summary>Largest file in bytes.</summary>
    public const int LargestFile = 1 << 20;

    private const int GreatestDepth = 16;
    private const int MostNodes = 10_000;
    private readonly Parser _parser;
    private readonly string _file;
    private int _nodes;

    private ConfigParser(string file, string text)
    {
        _file = file;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigError">It cannot be read, or it is no YAML section.</exception>
    public static ConfigNode ReadFile(string path)
    {
        return Read(path, BoundedFile.ReadText(path, path, LargestFile));
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="ConfigError">It is no YAML section.</exception>
    public static ConfigNode Read(string file, string text)
    {
        ConfigParser parser = new(file, text);
        try
        {
            return parser.ReadDocument();
        }
        catch (YamlException error)
        {
            throw new ConfigError(
                ConfigNode.PlaceOf(file, error.Start.Line, ""), $"is no valid YAML: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            // The library's scanner ends so on some damaged files.
            throw new ConfigError(file, $"is no valid YAML: {error.Message}", error);
        }
    }

    private ConfigNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
            throw new ConfigError(_file, "is empty; a configuration needs at least 'pipelines'");
        _parser.Consume<DocumentStart>();
        ConfigNode root = ReadNode("", 0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.TryConsume<StreamEnd>(out _))
            throw new ConfigError(_file, "holds more than one YAML document");
        return root;
    }

    private ConfigNode ReadNode(string path, int depth)
    {
        ParsingEvent next = _parser.Current ?? throw new ConfigError(_file, "ends too early");
        string place = ConfigNode.PlaceOf(_file, next.Start.Line, path);
        if (depth > GreatestDepth)
            throw new ConfigError(place, $"is nested deeper than {GreatestDepth} levels");
        if (++_nodes > MostNodes)
            throw new ConfigError(place, $"more than {MostNodes} values");
        if (next is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
            throw new ConfigError(place, "anchors and aliases are not used in this configuration");
        if (_parser.TryConsume<Scalar>(out Scalar? scalar))
            return new ConfigNode(ConfigNodeKind.Scalar, place) { Text = scalar!.Value, IsEmpty = IsNull(scalar) };
        if (_parser.TryConsume<SequenceStart>(out _))
            return ReadList(new ConfigNode(ConfigNodeKind.List, place), path, depth);
        _parser.Consume<MappingStart>();
        return ReadSection(new ConfigNode(ConfigNodeKind.Section, place), path, depth);
    }

    private static bool IsNull(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private ConfigNode ReadList(ConfigNode list, string path, int depth)
    {
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            string item = string.Create(CultureInfo.InvariantCulture, $"{path}[{list.Items.Count}]");
            list.Items.Add(ReadNode(item, depth + 1));
        }

        return list;
    }

    private ConfigNode ReadSection(ConfigNode section, string path, int depth)
    {
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent at = _parser.Current!;
            if (!_parser.TryConsume<Scalar>(out Scalar? key))
                throw new ConfigError(ConfigNode.PlaceOf(_file, at.Start.Line, path), "a key must be a single word");
            string keyPath = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            if (section.Entries.Any(entry => entry.Key == key.Value))
                throw new ConfigError(ConfigNode.PlaceOf(_file, key.Start.Line, keyPath), "stands there twice");
            section.Entries.Add(new(key.Value, ReadNode(keyPath, depth + 1)));
        }

        return section;
    }
}
