namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>How a picture of another aspect ratio meets the model's input.</summary>
public enum Fit
{
    /// <summary>Each axis is scaled by its own factor; nothing is lost, shapes change.</summary>
    Stretch,

    /// <summary>The middle part with the input's aspect ratio is used.</summary>
    Crop,

    /// <summary>
    /// The whole picture, centred, with <see cref="PreprocessOptions.PadValue"/> beside it.
    /// </summary>
    Pad,
}

/// <summary>Order of the colour planes the model was trained with.</summary>
public enum ColorOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>How samples become the model's input: y = (x - mean) / deviation for each channel.</summary>
public sealed record PreprocessOptions
{
    /// <summary>How aspect ratios meet.</summary>
    public Fit Fit { get; init; } = Fit.Stretch;

    /// <summary>Order of the colour planes.</summary>
    public ColorOrder Color { get; init; } = ColorOrder.Rgb;

    /// <summary>Widen the resize filter when shrinking, so that fine patterns do not alias.</summary>
    public bool Antialias { get; init; } = true;

    /// <summary>
    /// Subtracted from each channel: pictures on the 0..255 scale, windows in the source's unit. One value
    /// for all channels or one each; in the model's colour order.
    /// </summary>
    public IReadOnlyList<float> Mean { get; init; } = [0];

    /// <summary>
    /// Divides each channel after the mean is taken off; not 0. One value for all channels or one each.
    /// </summary>
    public IReadOnlyList<float> Deviation { get; init; } = [1];

    /// <summary>Pixel value beside a padded picture, on the 0..255 scale.</summary>
    public float PadValue { get; init; }
}
