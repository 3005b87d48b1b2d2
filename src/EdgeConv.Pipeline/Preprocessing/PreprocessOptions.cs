using EdgeConv.Core;

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

/// <summary>What becomes of the fractions that resizing a picture makes.</summary>
public enum Rounding
{
    /// <summary>
    /// Pixels are rounded to whole numbers of 0..255, as Pillow, torchvision and OpenCV do with pictures of
    /// bytes, and so as most models were trained. The model may then read bytes, which is faster.
    /// </summary>
    Byte,

    /// <summary>
    /// Fractions are kept: for models trained on pictures that were resized as floats, as
    /// <c>tf.image.resize</c> does, and for pictures of so little contrast that a step of 1/255 matters.
    /// </summary>
    None,
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

    /// <summary>
    /// What becomes of the fractions that resizing makes; a picture of the input's size has none.
    /// </summary>
    public Rounding Rounding { get; init; } = Rounding.Byte;

    /// <summary>
    /// What a session is to do to bytes, so that they need not become floats before: null where bytes do not
    /// hold what <see cref="ImagePreprocessor"/> makes, or a deviation cannot divide.
    /// </summary>
    public PixelInput? Pixels
    {
        get
        {
            bool isWhole = Fit != Fit.Pad || PadValue == Math.Clamp(MathF.Floor(PadValue), 0, byte.MaxValue);
            float[] scale = [.. Deviation.Select(deviation => 1 / deviation)];
            return Rounding == Rounding.Byte && isWhole && scale.All(float.IsFinite)
                ? new PixelInput { Mean = Mean, Scale = scale, IsReversed = Color == ColorOrder.Bgr }
                : null;
        }
    }
}
