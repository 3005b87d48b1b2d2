using System.Text.Json.Serialization;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Engine.Scaling;

namespace EdgeConv.Daemon.Scaling;

/// <summary>What <c>edgeconv scale</c> tells of a network.</summary>
internal sealed record ScaleReport
{
    /// <summary>The base network's name.</summary>
    public required string Model { get; init; }

    /// <summary>Its depthwise-separable blocks.</summary>
    public required int Blocks { get; init; }

    /// <summary>Its stages: runs of blocks that are alike.</summary>
    public required int Stages { get; init; }

    /// <summary>α, β and γ.</summary>
    public required ScalingConstants Constants { get; init; }

    /// <summary>By what multiply-adds grow with each step of φ, before rounding.</summary>
    public required double Growth { get; init; }

    /// <summary>Threads that times are measured on.</summary>
    public required int Threads { get; init; }

    /// <summary>The scales, ascending.</summary>
    public required IReadOnlyList<ScalePoint> Points { get; init; }

    /// <summary>The time allowed, ms; null for none.</summary>
    public double? BudgetMs { get; init; }

    /// <summary>The greatest φ whose time is within it; null when there is none, or nothing was asked.</summary>
    public double? PhiWithinBudget => Points.LastOrDefault(point => point.Figures.ServiceMs <= BudgetMs)?.Phi;
}

/// <summary>A network at one scale.</summary>
internal sealed record ScalePoint
{
    /// <summary>The compound coefficient.</summary>
    public required double Phi { get; init; }

    /// <summary>Factor of blocks in a stage.</summary>
    public required double Depth { get; init; }

    /// <summary>Factor of channels.</summary>
    public required double Width { get; init; }

    /// <summary>Factor of the input's sides, or length.</summary>
    public required double Resolution { get; init; }

    /// <summary>The input's sides, or length.</summary>
    public required IReadOnlyList<int> Input { get; init; }

    /// <summary>Blocks.</summary>
    public required int Blocks { get; init; }

    /// <summary>Multiply-adds of one run, counted as <c>edgeconv inspect</c> does.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Weights and biases, counted in the same way.</summary>
    public required long Parameters { get; init; }

    /// <summary>The block that all activations live in.</summary>
    public required long ArenaBytes { get; init; }

    /// <summary>Time and energy of one run on this machine.</summary>
    public required PointFigures Figures { get; init; }
}

/// <summary>JSON of <c>edgeconv scale --json</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ScaleReport))]
internal sealed partial class ScaleReportJson : JsonSerializerContext;
