using System.Text.Json.Serialization;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Profiling;

/// <summary>A pipeline's operating points as they are printed.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Sample">Form of the sample that was run.</param>
/// <param name="Points">Member by member.</param>
internal sealed record PipelineProfile(string Pipeline, string Sample, IReadOnlyList<PointLine> Points)
{
    /// <summary>How long a battery lasts; null where nobody asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatteryLife? Battery { get; init; }

    /// <summary>Says how long a battery lasts at duty cycles of the points.</summary>
    /// <param name="duty">The battery, and inferences a day.</param>
    /// <param name="restWatts">Power of the board at rest, W.</param>
    public PipelineProfile On(DutyCycles duty, double restWatts) =>
        this with { Battery = BatteryLife.Of(duty, restWatts, Points) };

    /// <summary>Holds the points against each other.</summary>
    public static PipelineProfile Of(
        string pipeline, string sample, IReadOnlyList<ProfiledPoint> points, bool areAccuraciesKnown)
    {
        PointProfile[] profiles = [.. points.Select(point => point.Profile)];
        return new PipelineProfile(pipeline, sample, [.. points.Select((point, i) => new PointLine
        {
            Model = point.Profile.Model,
            Member = point.Profile.Member,
            Threads = point.Profile.Threads,
            Accuracy = areAccuraciesKnown ? point.Profile.Accuracy : null,
            Figures = point.Figures,
            BeatenBy = Frontier.BeatenBy(profiles, i),
        })]);
    }
}

/// <summary>One operating point.</summary>
internal sealed record PointLine
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Its index in the pipeline's models.</summary>
    public required int Member { get; init; }

    /// <summary>Threads of its session.</summary>
    public required int Threads { get; init; }

    /// <summary>Share of right answers, 0..1; null where nobody tells and the order of the models
    /// does.</summary>
    public double? Accuracy { get; init; }

    /// <summary>As measured.</summary>
    public required PointFigures Figures { get; init; }

    /// <summary>
    /// Index of a point that is no worse in accuracy, time and energy; null for a point of the frontier.
    /// </summary>
    public int? BeatenBy { get; init; }
}

/// <summary>JSON of <c>edgeconv profile --json</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<PipelineProfile>))]
internal sealed partial class PipelineProfileJson : JsonSerializerContext;
