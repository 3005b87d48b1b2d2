namespace EdgeConv.Core;

/// <summary>What a prediction is about.</summary>
public enum PredictionKind
{
    /// <summary>One label of a fixed set, with scores.</summary>
    Classification,

    /// <summary>Boxes of objects, maybe none.</summary>
    Detection,

    /// <summary>A picture that the model has made.</summary>
    Image,

    /// <summary>A class for each pixel, of which the shares are told.</summary>
    Segmentation,
}

/// <summary>A label and its score.</summary>
/// <param name="Label">Class name, or the class index as text when there are no names.</param>
/// <param name="Score">Probability in 0..1.</param>
public readonly record struct ScoredLabel(string Label, float Score);

/// <summary>One found object in the pixels of the source picture.</summary>
/// <param name="Label">Class name.</param>
/// <param name="Score">Confidence in 0..1.</param>
/// <param name="X">Left edge, pixels.</param>
/// <param name="Y">Top edge, pixels.</param>
/// <param name="Width">Width, pixels.</param>
/// <param name="Height">Height, pixels.</param>
public readonly record struct Box(string Label, float Score, float X, float Y, float Width, float Height);

/// <summary>What the decoder makes of a session's outputs.</summary>
public sealed record Prediction
{
    /// <summary>What it is about.</summary>
    public required PredictionKind Kind { get; init; }

    /// <summary>
    /// The best label, or that of the most pixels; null when a detection found nothing, and of a picture.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>Score of <see cref="Label"/>; 0 when there is none.</summary>
    public float Score { get; init; }

    /// <summary>
    /// The best labels, best first, or those of the most pixels with their shares; empty for the others.
    /// </summary>
    public IReadOnlyList<ScoredLabel> Top { get; init; } = [];

    /// <summary>The found objects, best first; empty for the others.</summary>
    public IReadOnlyList<Box> Boxes { get; init; } = [];
}

/// <summary>Whether an input is like what the model knows.</summary>
public enum Verdict
{
    /// <summary>Like the in-distribution data.</summary>
    Accepted,

    /// <summary>Unlike it: the prediction should not be trusted.</summary>
    Ood,
}

/// <summary>What the gate says of one input.</summary>
/// <param name="Verdict">Accepted, or out of distribution.</param>
/// <param name="P">Conformal p-value in (0,1]; small is odd.</param>
/// <param name="Distance">Squared Mahalanobis distance at the oddest tap; higher is odder.</param>
/// <param name="Tap">Name of that tap.</param>
public readonly record struct GateReading(Verdict Verdict, double P, double Distance, string Tap);
