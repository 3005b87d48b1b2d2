namespace EdgeConv.Kernels.Image;

/// <summary>
/// Where each output position of one axis takes its value from: <see cref="Taps"/> neighbouring input
/// positions and their weights, which sum to 1.
/// </summary>
/// <remarks>
/// Output i lies at input coordinate x = (i + 0.5) * input / output - 0.5 + offset. Without antialiasing the
/// two neighbours of x are blended (bilinear, edges clamped), as <c>align_corners=False</c> does in other
/// frameworks. With it, shrinking widens the triangle filter by the scale, as Pillow's BILINEAR does.
/// </remarks>
public sealed class ResampleAxis
{
    private readonly int[] _first;
    private readonly float[] _weights;

    /// <param name="input">Input positions available, at least 1.</param>
    /// <param name="output">Output positions wanted, at least 1.</param>
    /// <param name="window">The part of the input axis that the output covers, in input positions.</param>
    /// <param name="antialias">Widen the filter when shrinking.</param>
    public ResampleAxis(int input, int output, AxisWindow window, bool antialias)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(output, 1);
        double scale = window.Length / output;
        double support = antialias ? Math.Max(1, scale) : 1;
        Taps = Math.Min(input, (int)Math.Ceiling(support) * 2 + 1);
        Length = output;
        _first = new int[output];
        _weights = new float[output * Taps];
        for (int i = 0; i < output; i++)
        {
            double centre = window.Start + (i + 0.5) * scale - 0.5;
            Fill(i, input, centre, support);
        }
    }

    /// <summary>Output positions.</summary>
    public int Length { get; }

    /// <summary>Input positions blended into each output position.</summary>
    public int Taps { get; }

    /// <summary>First input position of output <paramref name="index"/>.</summary>
    public int First(int index) => _first[index];

    /// <summary>
    /// Weights of output <paramref name="index"/>, <see cref="Taps"/> of them; behind them lie those of the
    /// next.
    /// </summary>
    public ReadOnlySpan<float> Weights(int index) => _weights.AsSpan(index * Taps, Taps);

    // The triangle filter 1 - |x - centre| / support, clamped at the edges and normalised.
    private void Fill(int index, int input, double centre, double support)
    {
        double inside = Math.Clamp(centre, 0, input - 1);
        int first = Math.Clamp((int)Math.Floor(centre - support) + 1, 0, input - Taps);
        Span<double> raw = stackalloc double[Taps];
        double sum = 0;
        for (int k = 0; k < Taps; k++)
        {
            double distance = Math.Abs(first + k - (support > 1 ? centre : inside));
            raw[k] = Math.Max(0, 1 - distance / support);
            sum += raw[k];
        }

        _first[index] = first;
        for (int k = 0; k < Taps; k++)
            _weights[index * Taps + k] = (float)(raw[k] / sum);
    }
}

/// <summary>A part of an axis, in input positions; fractions are allowed.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is, above 0.</param>
public readonly record struct AxisWindow(double Start, double Length);
