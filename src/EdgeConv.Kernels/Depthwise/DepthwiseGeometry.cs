using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Where a band of one input plane lies in scratch memory: zero-padded and, for a horizontal stride s, each row split into
/// s phases, so that every tap of every output is a unit-stride load that needs no test.
/// </summary>
/// <remarks>
/// Row of 9 columns, left padding 1, stride 2, phases of length <see cref="PhaseLength"/>:
/// <code>
/// padded column   0  1  2  3  4  5  6  7  8  9 10
///                 0 x0 x1 x2 x3 x4 x5 x6 x7 x8  0
/// phase 0         0    x1    x3    x5    x7     0  0 ...     tap 0 of output i at [0][i], tap 2 at [0][i+1]
/// phase 1           x0    x2    x4    x6    x8  0  0 ...     tap 1 of output i at [1][i]
/// </code>
/// </remarks>
internal readonly struct DepthwiseGeometry
{
    // Half a first-level cache of 32 KiB: the other half holds what is read and written.
    private const int BandBytes = 16 * 1024;

    public DepthwiseGeometry(in ConvolutionShape shape, int lanes)
    {
        int reach = (shape.KernelWidth - 1) * shape.DilationX / shape.StrideX;
        int read = Math.Max(shape.OutputWidth, lanes) + reach;
        int written = ((shape.PadLeft + shape.InputWidth) / shape.StrideX) + 1;
        PhaseLength = RoundUp(Math.Max(read, written) + lanes, lanes);
        RowLength = PhaseLength * shape.StrideX;
        KernelReach = (shape.KernelHeight - 1) * shape.DilationY;
        int rowsThatFit = BandBytes / sizeof(float) / RowLength;
        int outputRows = ((rowsThatFit - KernelReach - 1) / shape.StrideY) + 1;
        BandRows = Math.Clamp(outputRows & ~3, Math.Min(4, shape.OutputHeight), shape.OutputHeight);
        BandLength = (((BandRows - 1L) * shape.StrideY) + KernelReach + 1) * RowLength;
    }

    /// <summary>Floats of a phase.</summary>
    public int PhaseLength { get; }

    /// <summary>Floats from one input row to the next.</summary>
    public int RowLength { get; }

    /// <summary>Input rows from the first to the last row of taps.</summary>
    public int KernelReach { get; }

    /// <summary>Output rows of a band.</summary>
    public int BandRows { get; }

    /// <summary>Floats of a band.</summary>
    public long BandLength { get; }

    /// <summary>Floats from an output's place to the tap in column <paramref name="kx"/>.</summary>
    public int ColumnOffset(in ConvolutionShape shape, int kx)
    {
        int column = kx * shape.DilationX;
        return (column % shape.StrideX * PhaseLength) + (column / shape.StrideX);
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
