namespace EdgeConv.Kernels;

/// <summary>
/// Extents of a window that slides over an image <c>[H,W]</c> and makes <c>[H',W']</c>, of stride and dilation
/// 1 and without padding unless said. One dimension is a height of 1. Output extents are the caller's, who
/// rounds them up or down as the graph says; bottom and right padding follow from them.
/// </summary>
public abstract record WindowShape
{
    /// <summary>H of the input.</summary>
    public required int InputHeight { get; init; }

    /// <summary>W of the input.</summary>
    public required int InputWidth { get; init; }

    /// <summary>H' of the output.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>W' of the output.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>KH, rows of the window.</summary>
    public int KernelHeight { get; init; } = 1;

    /// <summary>KW, columns of the window.</summary>
    public int KernelWidth { get; init; } = 1;

    /// <summary>sy, input rows from one window to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>sx, input columns from one window to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>dy, rows from one tap of the window to the next.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>dx, columns from one tap of the window to the next.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Rows of padding above the input.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding on the left of the input.</summary>
    public int PadLeft { get; init; }

    /// <summary>Pixels of the input.</summary>
    public int InputPixels => InputHeight * InputWidth;

    /// <summary>Pixels of the output.</summary>
    public int OutputPixels => OutputHeight * OutputWidth;

    /// <summary>Taps of the window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>
    /// The input rows that output rows start..end-1 see. Rows outside the image are left out; where all are,
    /// none remain.
    /// </summary>
    public (int Start, int End) InputRows(int start, int end)
    {
        int first = Math.Clamp((start * StrideY) - PadTop, 0, InputHeight);
        int last = ((end - 1) * StrideY) - PadTop + ((KernelHeight - 1) * DilationY);
        return (first, Math.Clamp(last + 1, first, InputHeight));
    }

    /// <summary>The taps that lie in least..end when tap 0 lies at <paramref name="start"/>.</summary>
    internal static (int First, int End) TapsInside(int start, int taps, int dilation, int least, int end)
    {
        int first = start >= least ? 0 : Math.Min((least - start + dilation - 1) / dilation, taps);
        int last = end <= start ? 0 : Math.Min((end - start + dilation - 1) / dilation, taps);
        return (first, Math.Max(first, last));
    }
}
