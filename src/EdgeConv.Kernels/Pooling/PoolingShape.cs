namespace EdgeConv.Kernels.Pooling;

/// <summary>Extents of a pooling window.</summary>
public sealed record PoolingShape : WindowShape
{
    /// <summary>Rows of padding below; counts only where padding is part of an average.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns of padding on the right; counts only where padding is part of an average.</summary>
    public int PadRight { get; init; }

    /// <summary>Whether an average divides by the taps inside the padded input, not the input.</summary>
    public bool CountsPads { get; init; }
}
