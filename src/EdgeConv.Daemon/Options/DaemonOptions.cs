using EdgeConv.Devices;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Options;

/// <summary>
/// A whole configuration file, checked in itself; files and devices it names are not opened yet.
/// </summary>
internal sealed record DaemonOptions
{
    /// <summary>The file it was read from.</summary>
    public required string File { get; init; }

    /// <summary>The broker, ours or another.</summary>
    public required MqttOptions Mqtt { get; init; }

    /// <summary>What the embedded broker offers; used when <see cref="Mqtt"/> names no host.</summary>
    public required EmbeddedBrokerOptions EmbeddedBroker { get; init; }

    /// <summary>Where metrics can be fetched; null for nowhere.</summary>
    public MetricsOptions? Metrics { get; init; }

    /// <summary>Where pictures can be looked at live; null for nowhere.</summary>
    public PreviewOptions? Preview { get; init; }

    /// <summary>Folder that keeps packed weights from run to run; null for none.</summary>
    public string? PlanCache { get; init; }

    /// <summary>What all pipelines together must keep the board within.</summary>
    public BoardBudget Budget { get; init; } = new();

    /// <summary>At least one.</summary>
    public required IReadOnlyList<PipelineOptions> Pipelines { get; init; }
}

/// <summary>One pipeline's section.</summary>
internal sealed record PipelineOptions
{
    /// <summary>Unique; letters, digits, <c>_</c> and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where in the file it stands, for messages.</summary>
    public required string Place { get; init; }

    /// <summary>Where samples come from.</summary>
    public required SourceOptions Source { get; init; }

    /// <summary>Where the messages of a source of messages come from; null for other sources.</summary>
    public InletOptions? Inlet { get; init; }

    /// <summary>
    /// The family, at least one; the most accurate member first where nothing else tells the accuracies.
    /// </summary>
    public required IReadOnlyList<MemberOptions> Models { get; init; }

    /// <summary>Which engine runs the models.</summary>
    public Backend Backend { get; init; }

    /// <summary>Threads that each model may run on, of which the governor chooses; at least one, all
    /// different.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1];

    /// <summary>How samples become inputs.</summary>
    public PreprocessOptions Preprocess { get; init; } = new();

    /// <summary>How outputs are read.</summary>
    public DecodeOptions Decode { get; init; } = new();

    /// <summary>What must be held.</summary>
    public BudgetOptions Budget { get; init; } = new();

    /// <summary>Which pictures leave the device; null for none.</summary>
    public SnapshotOptions? Snapshots { get; init; }

    /// <summary>The gate, and what is made of its readings.</summary>
    public GateOptions Gate { get; init; } = new();
}

/// <summary>One model of a family.</summary>
/// <param name="Path">ONNX file.</param>
/// <param name="Fingerprint">The gate's file for it; null for no gate.</param>
internal sealed record MemberOptions(string Path, string? Fingerprint)
{
    /// <summary>Share of right answers, 0..1; null for what the model's file says.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Shapes for inputs that the model leaves open, as <c>NAME=1x3x224x224</c>.</summary>
    public IReadOnlyList<string> Shapes { get; init; } = [];

    /// <summary>Files with the values of inputs that stay the same.</summary>
    public IReadOnlyList<InputFile> Inputs { get; init; } = [];
}

/// <summary>The value of a model's input.</summary>
/// <param name="Name">The input.</param>
/// <param name="Path">A <c>.npy</c> file.</param>
internal sealed record InputFile(string Name, string Path);

/// <summary>Which engine runs a model.</summary>
internal enum Backend
{
    /// <summary>Ours; ONNX Runtime where ours refuses the model and the library is there.</summary>
    Auto,

    /// <summary>Ours only.</summary>
    EdgeConv,

    /// <summary>ONNX Runtime only.</summary>
    OnnxRuntime,
}
