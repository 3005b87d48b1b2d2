namespace EdgeConv.Core;

/// <summary>
/// How a session makes a picture input of bytes: y[c] = (x[c] - mean[c]) * scale[c] in float32, in this
/// order. Zeros around the picture that a convolution adds come after it.
/// </summary>
public sealed record PixelInput
{
    /// <summary>
    /// Subtracted, on the 0..255 scale: one value for all channels or one each, as the model orders them.
    /// </summary>
    public IReadOnlyList<float> Mean { get; init; } = [0];

    /// <summary>
    /// Multiplied with: one value for all channels or one each, as the model orders them.
    /// </summary>
    public IReadOnlyList<float> Scale { get; init; } = [1];

    /// <summary>
    /// Whether the bytes of a pixel stand in the opposite order of the model's channels: pictures of red,
    /// green and blue for a model of blue, green and red.
    /// </summary>
    public bool IsReversed { get; init; }

    /// <summary>Whether mean and scale are finite, and as many as a model of these channels can take.</summary>
    public bool Fits(int channels) => IsFitting(Mean, channels) && IsFitting(Scale, channels);

    private static bool IsFitting(IReadOnlyList<float> values, int channels) =>
        (values.Count == 1 || values.Count == channels) && values.All(float.IsFinite);
}
