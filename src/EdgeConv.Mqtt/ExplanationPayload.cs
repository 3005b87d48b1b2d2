using System.Text.Json.Serialization;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>A channel's part in the distance.</summary>
/// <param name="Channel">Channel of the oddest layer.</param>
/// <param name="Statistic"><c>mean</c> or <c>variance</c>.</param>
/// <param name="Amount">Its part of the squared distance; may be negative.</param>
public readonly record struct ContributionPayload(int Channel, string Statistic, double? Amount)
{
    /// <summary>The contributions, in their order.</summary>
    public static ContributionPayload[] From(ReadOnlySpan<ChannelContribution> items)
    {
        ContributionPayload[] payload = new ContributionPayload[items.Length];
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] = new ContributionPayload(
                items[i].Channel, items[i].Statistic, PayloadText.Finite(items[i].Amount));
        }

        return payload;
    }
}

/// <summary>
/// Where an input is odd: a box in pixels of the source picture, or a stretch of the window. Either has its
/// own fields only.
/// </summary>
public sealed record RegionPayload
{
    /// <summary>Left edge, pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? X { get; init; }

    /// <summary>Top edge, pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Y { get; init; }

    /// <summary>Width, pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Width { get; init; }

    /// <summary>Height, pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Height { get; init; }

    /// <summary>First sample of the stretch, from the window's start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Start { get; init; }

    /// <summary>The sample behind its last.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? End { get; init; }

    /// <summary><see cref="Start"/> in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StartS { get; init; }

    /// <summary><see cref="End"/> in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EndS { get; init; }

    /// <summary>Where the input is odd; null when nowhere, or when that is not known.</summary>
    public static RegionPayload? From(in GateExplanation? explanation) => explanation switch
    {
        { Region: { } box } => new RegionPayload
        {
            X = box.X,
            Y = box.Y,
            Width = box.Width,
            Height = box.Height,
        },
        { Span: { } span } => new RegionPayload
        {
            Start = span.Start,
            End = span.End,
            StartS = PayloadText.Finite(span.Start / span.RateHertz),
            EndS = PayloadText.Finite(span.End / span.RateHertz),
        },
        _ => null,
    };
}
