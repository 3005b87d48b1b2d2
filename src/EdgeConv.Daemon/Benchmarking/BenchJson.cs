using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>One line of <c>bench --json</c>; null is what was not measured.</summary>
internal sealed record BenchLine
{
    /// <summary>Short name.</summary>
    public required string Model { get; init; }

    /// <summary>Threads of each backend.</summary>
    public required int Threads { get; init; }

    /// <summary>Median time of a run of ours.</summary>
    public required double? EdgeconvMs { get; init; }

    /// <summary>Median time of a run of ONNX Runtime.</summary>
    public required double? OnnxruntimeMs { get; init; }

    /// <summary>The second over the first.</summary>
    public required double? Ratio { get; init; }

    /// <summary>Of ours.</summary>
    public required double? Gflops { get; init; }

    /// <summary><see cref="Gflops"/> over <see cref="PeakGflops"/>.</summary>
    public required double? PeakShare { get; init; }

    /// <summary>Activations of ours.</summary>
    public required long? ArenaBytes { get; init; }

    /// <summary>Resident set of our worker while it ran.</summary>
    public required long? RssBytes { get; init; }

    /// <summary>Greatest resident set of our worker, loading included.</summary>
    public required long? PeakRssBytes { get; init; }

    /// <summary>Managed memory that a run of ours allocates.</summary>
    public required double? AllocatedBytesPerRun { get; init; }

    /// <summary>What the machine reached on registers, on as many threads.</summary>
    public required double PeakGflops { get; init; }

    /// <summary>The time that 99 % of our runs do not exceed.</summary>
    public required double? EdgeconvP99Ms { get; init; }

    /// <summary>The time that 99 % of ONNX Runtime's runs do not exceed.</summary>
    public required double? OnnxruntimeP99Ms { get; init; }

    /// <summary>Whether every median was stable in the end.</summary>
    public required bool IsStable { get; init; }

    /// <summary>Process start to first result, ours.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EdgeconvColdMs { get; init; }

    /// <summary>Process start to first result, ONNX Runtime.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OnnxruntimeColdMs { get; init; }

    /// <summary>Ours over ONNX Runtime's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ColdRatio { get; init; }

    /// <summary>Times of the steps of our plan.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StepTime>? Steps { get; init; }

    /// <summary>The line of what was measured.</summary>
    public static BenchLine Of(ModelFigures figures)
    {
        bool isOurs = figures.First.Ready.Backend != OnnxRuntimeName;
        BackendFigures? ours = isOurs ? figures.First : null, theirs = isOurs ? figures.Rival : figures.First;
        return new BenchLine
        {
            Model = figures.Name,
            Threads = figures.Threads,
            EdgeconvMs = ours?.Median,
            OnnxruntimeMs = theirs?.Median,
            Ratio = figures.Ratio,
            Gflops = figures.Gflops,
            PeakShare = figures.PeakShare,
            ArenaBytes = ours?.Ready.ArenaBytes,
            RssBytes = ours?.Memory.ResidentBytes,
            PeakRssBytes = ours?.Memory.PeakBytes,
            AllocatedBytesPerRun = ours?.Memory.AllocatedPerRun,
            PeakGflops = figures.PeakGflops,
            EdgeconvP99Ms = ours?.P99,
            OnnxruntimeP99Ms = theirs?.P99,
            IsStable = figures.IsStable,
            EdgeconvColdMs = isOurs ? figures.Cold?.First : null,
            OnnxruntimeColdMs = isOurs ? figures.Cold?.Rival : figures.Cold?.First,
            ColdRatio = figures.ColdRatio,
            Steps = figures.Steps,
        };
    }

    private const string OnnxRuntimeName = EdgeConv.OnnxRuntime.OrtSessionFactory.BackendName;
}

/// <summary>The last line of <c>bench --json</c>.</summary>
/// <param name="GeomeanRatio">Geometric mean of the ratios; null when there are none.</param>
internal sealed record BenchEnd(double? GeomeanRatio);

/// <summary>JSON of <c>bench --json</c>: an object a line, the mean in the last.</summary>
internal sealed class BenchJsonReport(TextWriter output) : IBenchReport
{
    private readonly RatioMean _mean = new();

    /// <inheritdoc/>
    public void Add(ModelFigures figures)
    {
        _mean.Add(figures.Ratio);
        output.WriteLine(JsonSerializer.Serialize(BenchLine.Of(figures), BenchJson.Default.BenchLine));
        output.Flush();
    }

    /// <inheritdoc/>
    public void End() =>
        output.WriteLine(JsonSerializer.Serialize(new BenchEnd(_mean.Value), BenchJson.Default.BenchEnd));
}

/// <summary>How the lines are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchLine))]
[JsonSerializable(typeof(BenchEnd))]
internal sealed partial class BenchJson : JsonSerializerContext;
