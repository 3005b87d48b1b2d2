using EdgeConv.Kernels;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>
/// Means <c>[K,d]</c> as bytes, v_c ≈ s ∘ q_c with a scale for each feature, and how far off that is at most.
/// Immutable once made.
/// </summary>
internal sealed class RoundedMeans
{
    private const int Levels = 127;

    private readonly float[] _scales;
    private readonly float[] _squares;

    /// <param name="means">v, finite; squares must not overflow.</param>
    /// <param name="dimension">Features d.</param>
    public RoundedMeans(ReadOnlySpan<float> means, int dimension)
    {
        int classes = means.Length / dimension;
        _scales = ScalesOf(means, dimension);
        _squares = new float[I8Products.PaddedRows(classes)];
        _squares.AsSpan(classes).Fill(float.PositiveInfinity);
        Bytes = new NativeArray<sbyte>(checked(_squares.Length * I8Products.PaddedColumns(dimension)));
        Span<sbyte> row = new sbyte[dimension];
        for (int c = 0; c < classes; c++)
        {
            RoundRow(means.Slice(c * dimension, dimension), row);
            I8Products.PackRow(row, c, Bytes.Span);
            Note(means.Slice(c * dimension, dimension), row, c);
        }
    }

    /// <summary>q as <see cref="I8Products"/> reads it, from -127 to 127.</summary>
    public NativeArray<sbyte> Bytes { get; }

    /// <summary>s, <c>[d]</c>.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>
    /// ‖v_c‖², rounded to single precision; infinite for rows that only fill up the last block of bytes.
    /// </summary>
    public ReadOnlySpan<float> Squares => _squares;

    /// <summary>max ‖v_c‖².</summary>
    public double GreatestSquare { get; private set; }

    /// <summary>max ‖v_c − s ∘ q_c‖.</summary>
    public double GreatestError { get; private set; }

    /// <summary>max ‖q_c‖.</summary>
    public double GreatestLength { get; private set; }

    private void RoundRow(ReadOnlySpan<float> mean, Span<sbyte> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            double level = _scales[i] == 0 ? 0 : Math.Round(mean[i] / (double)_scales[i]);
            row[i] = (sbyte)Math.Clamp(level, -Levels, Levels);
        }
    }

    private void Note(ReadOnlySpan<float> mean, ReadOnlySpan<sbyte> row, int c)
    {
        double square = 0, error = 0, length = 0;
        for (int i = 0; i < row.Length; i++)
        {
            double value = mean[i], off = value - (double)_scales[i] * row[i];
            square += value * value;
            error += off * off;
            length += row[i] * row[i];
        }

        _squares[c] = (float)square;
        GreatestSquare = Math.Max(GreatestSquare, square);
        GreatestError = Math.Max(GreatestError, Math.Sqrt(error));
        GreatestLength = Math.Max(GreatestLength, Math.Sqrt(length));
    }

    // Each feature by its own range: most means differ in few of them.
    private static float[] ScalesOf(ReadOnlySpan<float> means, int dimension)
    {
        float[] scales = new float[dimension];
        for (int i = 0; i < means.Length; i++)
            scales[i % dimension] = Math.Max(scales[i % dimension], Math.Abs(means[i]));
        foreach (ref float scale in scales.AsSpan())
            scale /= Levels;
        return scales;
    }
}
