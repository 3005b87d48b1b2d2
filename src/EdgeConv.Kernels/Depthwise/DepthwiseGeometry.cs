using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Where a band of one input plane lies in scratch memory: zero-padded and, for a horizontal stride s, each
/// row split into s phases, so that every tap of every output is a unit-stride load that needs no test.
/// </summary>
/// <remarks>
/// Row of 9 columns, left padding 1, stride 2, phases of length <see cref="PhaseLength"/>:
/// <code>
/// padded column   0  1  2  3  4  5  6  7  8  9 10
///                 0 x0 x1 x2 x3 x4 x5 x6 x7 x8  0
/// phase 0         0    x1    x3    x5    x7     0  0 ...     tap 0 of output i at [0][i], tap 2 at [0][i+1]
/// phase 1           x0    x2    x4    x6    x8  0  0 ...     tap 1 of output i at [1][i]
/// </code>
/// Each phase starts late enough that its first input is aligned to a vector: rows are written whole vectors
/// at a time, and writes that straddle cache lines are the dear ones.
/// </remarks>
internal readonly struct DepthwiseGeometry
{
    // Half a first-level cache of 32 KiB: the other half holds what is read and written.
    private const int BandBytes = 16 * 1024;

    private readonly int _lanes;

    public DepthwiseGeometry(ConvolutionShape shape, int lanes)
    {
        _lanes = lanes;
        int reach = (shape.KernelWidth - 1) * shape.DilationX / shape.StrideX;
        int read = Math.Max(shape.OutputWidth, lanes) + reach;
        int written = ((shape.PadLeft + shape.InputWidth) / shape.StrideX) + 1;
        PhaseLength = RoundUp(Math.Max(read, written) + (2 * lanes), lanes);
        RowLength = PhaseLength * shape.StrideX;
        KernelReach = (shape.KernelHeight - 1) * shape.DilationY;
        int rowsThatFit = BandBytes / sizeof(float) / RowLength;
        int outputRows = ((rowsThatFit - KernelReach - 1) / shape.StrideY) + 1;
        BandRows = Math.Clamp(outputRows & ~3, Math.Min(4, shape.OutputHeight), shape.OutputHeight);
        BandInputRows = ((BandRows - 1) * shape.StrideY) + KernelReach + 1;
        FirstColumn = InputColumn(shape, 0);
        SecondColumn = InputColumn(shape, 1);
    }

    /// <summary>Floats of a phase.</summary>
    public int PhaseLength { get; }

    /// <summary>Floats from one input row to the next.</summary>
    public int RowLength { get; }

    /// <summary>Input rows from the first to the last row of taps.</summary>
    public int KernelReach { get; }

    /// <summary>Output rows of a band.</summary>
    public int BandRows { get; }

    /// <summary>Input rows of a band.</summary>
    public int BandInputRows { get; }

    /// <summary>Floats of a band.</summary>
    public long BandLength => (long)BandInputRows * RowLength;

    /// <summary>Floats from the start of a row to input column 0.</summary>
    public int FirstColumn { get; }

    /// <summary>Floats from the start of a row to input column 1.</summary>
    public int SecondColumn { get; }

    /// <summary>Floats from the start of a row to tap <paramref name="kx"/> of output 0.</summary>
    public int TapColumn(ConvolutionShape shape, int kx) => PaddedColumn(shape, kx * shape.DilationX);

    /// <summary>Floats from the start of a row to input column <paramref name="ix"/>.</summary>
    public int InputColumn(ConvolutionShape shape, int ix) => PaddedColumn(shape, shape.PadLeft + ix);

    private int PaddedColumn(ConvolutionShape shape, int column)
    {
        int phase = column % shape.StrideX;
        int behindPad = (phase - (shape.PadLeft % shape.StrideX) + shape.StrideX) % shape.StrideX;
        int firstInput = (shape.PadLeft + behindPad) / shape.StrideX;
        int late = (_lanes - (firstInput % _lanes)) % _lanes;
        return (phase * PhaseLength) + late + (column / shape.StrideX);
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
