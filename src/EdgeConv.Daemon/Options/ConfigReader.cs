using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Devices;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;

namespace EdgeConv.Daemon.Options;

/// <summary>
/// From a configuration file to <see cref="DaemonOptions"/>; relative paths are taken from its folder.
/// </summary>
internal static class ConfigReader
{
    private static readonly NumberRange Share = new(0, 1, "a share");

    private static readonly Dictionary<string, Backend> Backends = new()
    {
        ["auto"] = Backend.Auto,
        ["edgeconv"] = Backend.EdgeConv,
        ["onnxruntime"] = Backend.OnnxRuntime,
    };

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="ConfigError">Names file, line and key of the first mistake.</exception>
    public static DaemonOptions ReadFile(string path)
    {
        List<EdgeConvError> problems = [];
        DaemonOptions options = ReadFile(path, problems);
        return problems.Count == 0 ? options : throw problems[0];
    }

    /// <summary>
    /// Reads and checks a file, collecting the mistakes of pipelines instead of ending at the first.
    /// </summary>
    /// <exception cref="ConfigError">The file as a whole cannot be read.</exception>
    public static DaemonOptions ReadFile(string path, List<EdgeConvError> problems) =>
        Read(path, ConfigParser.ReadFile(path), problems);

    /// <summary>Checks a parsed file.</summary>
    /// <exception cref="ConfigError">A mistake outside pipelines: names file, line and key.</exception>
    public static DaemonOptions Read(string path, ConfigNode root, List<EdgeConvError> problems)
    {
        ConfigSection section = new(root);
        ConfigPaths paths = new(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        (MqttOptions mqtt, EmbeddedBrokerOptions embedded) = MqttReader.Read(section, paths);
        DaemonOptions options = new()
        {
            File = path,
            Mqtt = mqtt,
            EmbeddedBroker = embedded,
            Metrics = MetricsOptions.Read(section.Section("metrics")),
            Preview = PreviewOptions.Read(section.Section("preview")),
            PlanCache = section.Text("plan_cache") is { } folder ? paths.Resolve(folder) : null,
            Budget = BudgetReader.ReadBoard(section.Section("budget")),
            Pipelines = ReadPipelines(section, paths, mqtt, problems),
        };
        section.RefuseUnknown();
        // The listeners of one process share a port: neither would be refused.
        if (options.Preview is { } preview && preview.Port == options.Metrics?.Port)
        {
            throw new ConfigError(section.Section("preview")!.PlaceOf("port"),
                $"{preview.Port} is the port of 'metrics' too; give each its own");
        }

        return options;
    }

    private static PipelineOptions[] ReadPipelines(
        ConfigSection root, ConfigPaths paths, MqttOptions mqtt, List<EdgeConvError> problems)
    {
        IReadOnlyList<ConfigSection> sections = root.Sections("pipelines");
        if (sections.Count == 0)
        {
            // A misspelt key is the likelier mistake.
            root.RefuseUnknown();
            throw new ConfigError(root.PlaceOf("pipelines"), "is missing; at least one pipeline is needed");
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        List<PipelineOptions> pipelines = [];
        foreach (ConfigSection section in sections)
        {
            try
            {
                PipelineOptions pipeline = ReadPipeline(section, paths, mqtt);
                if (!names.Add(pipeline.Name))
                    throw new ConfigError(
                        section.PlaceOf("name"), $"'{pipeline.Name}' is the name of another pipeline");
                if (pipeline.Source.Kind == SourceKind.Stdin
                    && pipelines.Exists(p => p.Source.Kind == SourceKind.Stdin))
                    throw new ConfigError(
                        section.PlaceOf("source"), "another pipeline reads standard input already");
                if (pipeline.Source.Kind == SourceKind.Camera
                    && pipelines.Find(p => IsSameCamera(p.Source, pipeline.Source)) is { } other)
                    throw new ConfigError(section.PlaceOf("source"),
                        $"pipeline '{other.Name}' reads this camera already; one pipeline reads a camera");
                if (pipeline.Inlet is { } inlet && pipelines.Find(p => IsSameClient(p.Inlet, inlet)) is { } rival)
                    throw new ConfigError(section.PlaceOf("source"),
                        $"its client id '{inlet.ClientId}' is that of pipeline '{rival.Name}'; "
                            + "give each its own 'client_id'");
                pipelines.Add(pipeline);
            }
            catch (ConfigError problem)
            {
                problems.Add(problem);
            }
        }

        return [.. pipelines];
    }

    private static bool IsSameCamera(SourceOptions one, SourceOptions other) =>
        one.Kind == SourceKind.Camera && one.Camera.Device == other.Camera.Device;

    private static bool IsSameClient(InletOptions? one, InletOptions other) =>
        one?.ClientId == other.ClientId && one.Broker?.Address == other.Broker?.Address;

    private static PipelineOptions ReadPipeline(ConfigSection section, ConfigPaths paths, MqttOptions mqtt)
    {
        string name = TopicName(section, "name");
        (SourceOptions source, InletOptions? inlet) = SourceOptionsReader.Read(section, paths, mqtt);
        PipelineOptions pipeline = new()
        {
            Name = name,
            Place = section.Place,
            Source = source,
            Inlet = inlet,
            Models = ReadModels(section, paths),
            Backend = section.Choice("backend", Backends, Backend.Auto),
            Threads = ReadThreads(section),
            Preprocess = SensorNormalisation.Read(section.Section("preprocess"), source, section.PlaceOf("source")),
            Decode = ProcessingReader.ReadDecode(section.Section("decode"), paths),
            Budget = BudgetReader.ReadPipeline(section.Section("budget")),
            Snapshots = SnapshotReader.Read(section.Section("snapshot")),
            Gate = GateReader.Read(section.Section("gate")),
        };
        section.RefuseUnknown();
        if (section.Section("gate") is not null && pipeline.Models.All(model => model.Fingerprint is null))
        {
            throw new ConfigError(section.PlaceOf("gate"),
                "no model of this pipeline has a 'fingerprint', so that it has no gate; add one, or leave this out");
        }

        return pipeline;
    }

    private static IReadOnlyList<int> ReadThreads(ConfigSection section)
    {
        IReadOnlyList<int> threads = section.Integers("threads", 1, 256) ?? [1];
        return threads.Distinct().Count() == threads.Count
            ? threads
            : throw new ConfigError(section.PlaceOf("threads"), "names a number of threads twice");
    }

    private static MemberOptions[] ReadModels(ConfigSection section, ConfigPaths paths)
    {
        List<MemberOptions> members = [];
        foreach (ConfigSection model in section.Sections("models"))
        {
            string? fingerprint = model.Text("fingerprint");
            string path = paths.Resolve(model.RequiredText("path"));
            members.Add(new MemberOptions(path, fingerprint is null ? null : paths.Resolve(fingerprint))
            {
                Accuracy = model.Number("accuracy", Share),
                Shapes = ReadShapes(model),
                Inputs = [.. model.Section("inputs")?.AllTexts()
                    .Select(input => new InputFile(input.Key, paths.Resolve(input.Value))) ?? []],
            });
            model.RefuseUnknown();
        }

        return members.Count != 0
            ? [.. members]
            : throw new ConfigError(section.PlaceOf("models"), "is missing; at least one model is needed");
    }

    private static IReadOnlyList<string> ReadShapes(ConfigSection model)
    {
        IReadOnlyList<string> shapes = model.Texts("shape") ?? [];
        _ = ShapeArgument.ParseAll(shapes, model.PlaceOf("shape"));
        return shapes;
    }

    /// <summary>
    /// A name that may stand in a topic; <paramref name="missing"/> when the key is not there.
    /// </summary>
    /// <exception cref="ConfigError">It is missing, or no such name.</exception>
    public static string TopicName(ConfigSection section, string key, string? missing = null)
    {
        string name = missing is null ? section.RequiredText(key) : section.Text(key, missing)!;
        return name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? name
            : throw new ConfigError(section.PlaceOf(key),
                $"'{name}' becomes part of a topic; only letters, digits, '_' and '-', at most 64");
    }
}

/// <summary>Leads from paths in a file to paths of the machine.</summary>
/// <param name="Folder">Where relative paths start.</param>
internal sealed record ConfigPaths(string Folder)
{
    /// <summary>The path, made absolute.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Folder);
}
