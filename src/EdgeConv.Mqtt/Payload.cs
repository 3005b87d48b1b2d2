using System.Globalization;
using System.Text.Json.Serialization;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// One <see cref="Result"/> as published; its JSON is that of <c>deploy/config/result.schema.json</c>. A
/// number that is not finite becomes null.
/// </summary>
public sealed record ResultPayload
{
    /// <summary>Capture time: RFC 3339, UTC, milliseconds.</summary>
    public required string Ts { get; init; }

    /// <summary>Counts this pipeline's results from 0.</summary>
    public required long Seq { get; init; }

    /// <summary>Pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>File or device the sample came from.</summary>
    public required string Origin { get; init; }

    /// <summary>The model that ran.</summary>
    public required ModelPayload Model { get; init; }

    /// <summary><c>classification</c>, <c>detection</c>, <c>image</c> or <c>segmentation</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// The best label, or that of the most pixels; null when a detection found nothing, and of an image.
    /// </summary>
    public required string? Label { get; init; }

    /// <summary>Its score in 0..1; null without a label.</summary>
    public required float? Score { get; init; }

    /// <summary>
    /// Best labels first, or those of the most pixels with their shares; absent from the other kinds.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScorePayload[]? Top { get; init; }

    /// <summary>Found objects, best first; absent from the other kinds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BoxPayload[]? Boxes { get; init; }

    /// <summary>The gate's word; null when the pipeline has no gate.</summary>
    public required GatePayload? Gate { get; init; }

    /// <summary>Time spent, ms.</summary>
    public required LatencyPayload LatencyMs { get; init; }

    /// <summary>Energy of the inference, mJ.</summary>
    public required double? EnergyMj { get; init; }

    /// <summary>Standard uncertainty of that, mJ.</summary>
    public required double? EnergyUncertaintyMj { get; init; }

    /// <summary>Whether that comes from a model instead of a power rail.</summary>
    public required bool EnergyEstimated { get; init; }

    /// <summary>What the governor had asked for.</summary>
    public required OperatingPointPayload OperatingPoint { get; init; }

    /// <summary>The payload of <paramref name="result"/>.</summary>
    public static ResultPayload From(Result result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Prediction prediction = result.Prediction;
        return new ResultPayload
        {
            Ts = PayloadText.Of(result.Timestamp),
            Seq = result.Sequence,
            Pipeline = result.Pipeline,
            Origin = result.Origin,
            Model = ModelPayload.From(result.Model),
            Kind = NameOf(prediction.Kind),
            Label = prediction.Label,
            Score = prediction.Label is null ? null : PayloadText.Finite(prediction.Score),
            Top = prediction.Kind is PredictionKind.Classification or PredictionKind.Segmentation
                ? ScorePayload.From(prediction.Top)
                : null,
            Boxes = prediction.Kind == PredictionKind.Detection ? BoxPayload.From(prediction.Boxes) : null,
            Gate = GatePayload.From(result.Gate, result.Explanation),
            LatencyMs = LatencyPayload.From(result.Latency),
            EnergyMj = PayloadText.Finite(result.Energy.Millijoules),
            EnergyUncertaintyMj = PayloadText.Finite(result.Energy.UncertaintyMillijoules),
            EnergyEstimated = result.Energy.IsEstimated,
            OperatingPoint = OperatingPointPayload.From(result.OperatingPoint),
        };
    }

    private static string NameOf(PredictionKind kind) => kind switch
    {
        PredictionKind.Detection => "detection",
        PredictionKind.Image => "image",
        PredictionKind.Segmentation => "segmentation",
        _ => "classification",
    };
}

/// <summary>Name and hash of a model.</summary>
/// <param name="Name">File name without folder and extension.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record ModelPayload(string Name, string Sha256)
{
    internal static ModelPayload From(ModelIdentity model) => new(model.Name, model.Sha256);
}

/// <summary>A label and its score.</summary>
/// <param name="Label">Class.</param>
/// <param name="Score">0..1.</param>
public readonly record struct ScorePayload(string Label, float? Score)
{
    internal static ScorePayload[] From(IReadOnlyList<ScoredLabel> labels)
    {
        ScorePayload[] payload = new ScorePayload[labels.Count];
        for (int i = 0; i < payload.Length; i++)
            payload[i] = new ScorePayload(labels[i].Label, PayloadText.Finite(labels[i].Score));
        return payload;
    }
}

/// <summary>One found object, in pixels of the source picture.</summary>
/// <param name="Label">Class.</param>
/// <param name="Score">0..1.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct BoxPayload(
    string Label, float? Score, float? X, float? Y, float? Width, float? Height)
{
    internal static BoxPayload[] From(IReadOnlyList<Box> boxes)
    {
        BoxPayload[] payload = new BoxPayload[boxes.Count];
        for (int i = 0; i < payload.Length; i++)
        {
            Box box = boxes[i];
            payload[i] = new BoxPayload(
                box.Label, PayloadText.Finite(box.Score),
                PayloadText.Finite(box.X), PayloadText.Finite(box.Y),
                PayloadText.Finite(box.Width), PayloadText.Finite(box.Height));
        }

        return payload;
    }
}

/// <summary>What the gate says.</summary>
/// <param name="Verdict"><c>accepted</c> or <c>ood</c>.</param>
/// <param name="P">Conformal p-value in 0..1; small is odd.</param>
/// <param name="Distance">Squared Mahalanobis distance; higher is odder.</param>
/// <param name="Tap">Layer it was measured at.</param>
public sealed record GatePayload(string Verdict, double? P, double? Distance, string Tap)
{
    /// <summary>What raised the distance most, the greatest first; absent unless out of distribution.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContributionPayload[]? Contributions { get; init; }

    /// <summary>
    /// Where the input is odd; absent unless out of distribution, without a map, or where nothing stands out.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegionPayload? Region { get; init; }

    internal static GatePayload? From(GateReading? reading, in GateExplanation? explanation) =>
        reading is not { } gate ? null : Of(gate) with
        {
            Contributions = explanation is { } why ? ContributionPayload.From(why.Contributions.Items) : null,
            Region = RegionPayload.From(explanation),
        };

    internal static GatePayload Of(in GateReading gate) => new(
        gate.Verdict == Core.Verdict.Ood ? "ood" : "accepted",
        PayloadText.Finite(gate.P), PayloadText.Finite(gate.Distance), gate.Tap);
}

/// <summary>Where the time went, ms.</summary>
/// <param name="Total">From capture until the result was handed over.</param>
/// <param name="Queue">Waiting for preprocessing.</param>
/// <param name="Preprocess">Resize, normalise, window.</param>
/// <param name="Infer">The model.</param>
/// <param name="Decode">Labels or boxes from outputs.</param>
/// <param name="Gate">Distance, p-value, verdict.</param>
public sealed record LatencyPayload(
    double Total, double Queue, double Preprocess, double Infer, double Decode, double Gate)
{
    internal static LatencyPayload From(Latency latency) => new(
        latency.Total.TotalMilliseconds, latency.Queue.TotalMilliseconds,
        latency.Preprocess.TotalMilliseconds,
        latency.Infer.TotalMilliseconds, latency.Decode.TotalMilliseconds, latency.Gate.TotalMilliseconds);
}

/// <summary>What a pipeline runs with.</summary>
/// <param name="Model">Name of the family member's model.</param>
/// <param name="Member">Its index, 0 is the most accurate.</param>
/// <param name="Threads">Threads.</param>
/// <param name="RateHz">Greatest rate of samples, 1/s; 0 is a pause, null unlimited.</param>
/// <param name="Reason">Why.</param>
public sealed record OperatingPointPayload(
    string Model, int Member, int Threads, double? RateHz, string Reason)
{
    internal static OperatingPointPayload From(OperatingPoint point) => new(
        point.Model, point.Member, point.Threads, PayloadText.Finite(point.RateHertz), point.Reason);
}

/// <summary>Reads and writes the payloads without reflection; names are snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResultPayload))]
[JsonSerializable(typeof(DriftPayload))]
[JsonSerializable(typeof(EventPayload))]
[JsonSerializable(typeof(GovernorPayload))]
[JsonSerializable(typeof(HealthPayload))]
[JsonSerializable(typeof(BrokerHealthPayload))]
public sealed partial class PayloadJson : JsonSerializerContext;

internal static class PayloadText
{
    public static string Of(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static float? Finite(float value) => float.IsFinite(value) ? value : null;

    public static double? Finite(double? value) =>
        value is { } number && double.IsFinite(number) ? number : null;
}
