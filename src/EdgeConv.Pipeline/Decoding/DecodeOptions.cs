namespace EdgeConv.Pipeline.Decoding;

/// <summary>How a model's outputs are read.</summary>
public enum DecoderKind
{
    /// <summary>One output of class scores, <c>[1,K]</c>.</summary>
    Classification,

    /// <summary>BlazeFace: anchored boxes at two scales, raw scores.</summary>
    BlazeFace,

    /// <summary>
    /// Two outputs, <c>[1,n,K]</c> probabilities and <c>[1,n,4]</c> corners in 0..1 (UltraFace).
    /// </summary>
    Corners,

    /// <summary>The model makes a picture of the picture.</summary>
    Image,

    /// <summary>A class for each pixel.</summary>
    Segmentation,
}

/// <summary>What the decoder needs to know beside the outputs.</summary>
public sealed record DecodeOptions
{
    /// <summary>How outputs are read.</summary>
    public DecoderKind Kind { get; init; } = DecoderKind.Classification;

    /// <summary>Class names in the model's order; empty means the index is the name.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How many of the best labels a classification keeps, at least 1.</summary>
    public int Top { get; init; } = 3;

    /// <summary>
    /// Whether class scores are logits that still need a softmax, and those of a segmentation into one class a sigmoid.
    /// </summary>
    public bool Softmax { get; init; } = true;

    /// <summary>
    /// Boxes below this confidence are left out, and pixels of a segmentation into one class; 0..1.
    /// </summary>
    public float Threshold { get; init; } = 0.7f;

    /// <summary>
    /// Of two boxes that overlap by more than this (intersection over union, 0..1) the better stays.
    /// </summary>
    public float Overlap { get; init; } = 0.3f;

    /// <summary>What is black in a picture that a model makes.</summary>
    public float Low { get; init; }

    /// <summary>What is white there, unlike <see cref="Low"/>.</summary>
    public float High { get; init; } = 1;
}
