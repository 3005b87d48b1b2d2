using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Daemon.Fitting;

/// <summary>What <c>edgeconv fit</c> was asked for.</summary>
internal sealed record FitRequest
{
    /// <summary>ONNX file.</summary>
    public required string Model { get; init; }

    /// <summary>Folder or file of in-distribution data.</summary>
    public required string Data { get; init; }

    /// <summary>Taps as the user wrote them; empty for those of <see cref="TapSelection"/>.</summary>
    public required IReadOnlyList<string> Taps { get; init; }

    /// <summary>The distance of every tap that names none itself; null for the default.</summary>
    public required GateMode? Mode { get; init; }

    /// <summary>Wanted share of false alarms.</summary>
    public required double Alpha { get; init; }

    /// <summary>1 - confidence in it; null for on average.</summary>
    public required double? Delta { get; init; }

    /// <summary>
    /// Whether a calibration set too small for that confidence may hold the share on average.
    /// </summary>
    public required bool IsDeltaOptional { get; init; }

    /// <summary>Whether the taps are held against outliers made of calibration samples.</summary>
    public required bool IsChecked { get; init; }

    /// <summary>Whether the fingerprint is to be mergeable.</summary>
    public required bool IsShard { get; init; }

    /// <summary>The position map to fit beside the taps; null for none.</summary>
    public MapRequest? Map { get; init; }

    /// <summary>Where the state is saved to go on from; null for nowhere.</summary>
    public required ResumeOptions? Resume { get; init; }

    /// <summary>Which engine runs the model.</summary>
    public required Backend Backend { get; init; }

    /// <summary>Shapes for inputs that the model leaves open.</summary>
    public required IReadOnlyDictionary<string, Shape> Shapes { get; init; }

    /// <summary>How the data is read and preprocessed; null for defaults.</summary>
    public required PipelineOptions? Pipeline { get; init; }
}

/// <summary>The position map that the user asked for.</summary>
/// <param name="Mode">The covariance of each position.</param>
/// <param name="Layer">The value to map; null for that of <see cref="MapSelection"/>.</param>
internal sealed record MapRequest(MapMode Mode, string? Layer);
