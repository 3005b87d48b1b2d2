namespace EdgeConv.Kernels.Pooling;

/// <summary>
/// Extents of a window that slides over an image. One dimension is a height of 1. Output extents
/// are the caller's, so that he rounds them up or down as the graph says.
/// </summary>
public readonly record struct PoolingShape
{
    /// <summary>Makes a window of stride and dilation 1 without padding.</summary>
    public PoolingShape()
    {
    }

    /// <summary>H of the input.</summary>
    public required int InputHeight { get; init; }

    /// <summary>W of the input.</summary>
    public required int InputWidth { get; init; }

    /// <summary>H of the output.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>W of the output.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; init; } = 1;

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; init; } = 1;

    /// <summary>Rows from one window to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns from one window to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows from one tap of the window to the next.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>Columns from one tap of the window to the next.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Rows of padding above.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding on the left.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of padding below; counts only where padding is part of an average.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns of padding on the right; counts only where padding is part of an average.</summary>
    public int PadRight { get; init; }
}
