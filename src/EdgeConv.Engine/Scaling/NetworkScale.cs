namespace EdgeConv.Engine.Scaling;

/// <summary>
/// Factors of a base network's depth, width and resolution, and how the sizes they give are rounded. A factor of
/// 1 leaves what it is for exactly as it is.
/// </summary>
/// <param name="Depth">Of the blocks in each stage, d.</param>
/// <param name="Width">Of the channels, w.</param>
/// <param name="Resolution">Of the sides of the input, or of its length, r.</param>
/// <remarks>The training scripts round in the same way (<c>deploy/models/modelkit/scaling.py</c>).</remarks>
public readonly record struct NetworkScale(double Depth, double Width, double Resolution)
{
    // All published resolutions of EfficientNet are multiples of it.
    private const int ExtentStep = 4;

    /// <summary>Channels of a layer that has <paramref name="channels"/> in the base network.</summary>
    public int Channels(int channels) => Width == 1 ? channels : MultipleOfEight(channels * Width);

    /// <summary>Blocks of a stage: ⌈d n⌉.</summary>
    public int Repeats(int blocks) => (int)Math.Ceiling(blocks * Depth);

    /// <summary>
    /// A side of the input, to the nearest multiple of 4; 0 when nothing is left of it. A side of 1 is none.
    /// </summary>
    public int Extent(int extent) => Resolution == 1 || extent == 1
        ? extent
        : ExtentStep * (int)Math.Round(extent * Resolution / ExtentStep);

    /// <summary>
    /// The nearest multiple of 8, at least 8, and the next one where that would be less than nine tenths
    /// (<c>round_filters</c> of the EfficientNet reference code).
    /// </summary>
    public static int MultipleOfEight(double channels)
    {
        int rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    /// <summary>By what multiply-adds grow before anything is rounded: d w² r², r² for pictures.</summary>
    /// <param name="axes">Spatial axes of the input: 2 for pictures, 1 for series.</param>
    public double Growth(int axes = 2) => Depth * Width * Width * Math.Pow(Resolution, axes);
}

/// <summary>
/// The constants of compound scaling (Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
/// Networks", 2019, equation 3): depth α^φ, width β^φ, resolution γ^φ.
/// </summary>
/// <param name="Alpha">α, of depth.</param>
/// <param name="Beta">β, of width.</param>
/// <param name="Gamma">γ, of resolution.</param>
public sealed record ScalingConstants(double Alpha, double Beta, double Gamma)
{
    /// <summary>Those of EfficientNet.</summary>
    public static ScalingConstants EfficientNet { get; } = new(1.2, 1.1, 1.15);

    /// <summary>The factors at <paramref name="phi"/>; all 1 at 0.</summary>
    public NetworkScale At(double phi) => new(Math.Pow(Alpha, phi), Math.Pow(Beta, phi), Math.Pow(Gamma, phi));
}
