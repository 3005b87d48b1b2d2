namespace EdgeConv.Kernels.Colors;

/// <summary>What a <see cref="ColorKernel"/> makes of rows of pixels.</summary>
public sealed class ColorRow
{
    /// <param name="matrix">Colours.</param>
    /// <param name="mean">Subtracted from each channel, on the 0..255 scale.</param>
    /// <param name="scale">Multiplied with each channel.</param>
    /// <param name="isRounded">Round to whole numbers before the mean is taken off.</param>
    public ColorRow(ColorMatrix matrix, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, bool isRounded)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mean.Length, matrix.Outputs, nameof(mean));
        ArgumentOutOfRangeException.ThrowIfNotEqual(scale.Length, matrix.Outputs, nameof(scale));
        Matrix = matrix;
        Mean = mean.ToArray();
        Scale = scale.ToArray();
        IsRounded = isRounded;
    }

    /// <summary>Colours.</summary>
    public ColorMatrix Matrix { get; }

    /// <summary>Whether values are whole numbers before the mean is taken off.</summary>
    internal bool IsRounded { get; }

    /// <summary>Mean of each channel.</summary>
    internal float[] Mean { get; }

    /// <summary>Scale of each channel.</summary>
    internal float[] Scale { get; }
}
