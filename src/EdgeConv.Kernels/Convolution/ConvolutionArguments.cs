namespace EdgeConv.Kernels.Convolution;

/// <summary>The memory of one run of a convolution on one image, and the share of it to compute.</summary>
/// <remarks>
/// Images lie with channels last, <c>[H,W,C]</c>: the channels of a pixel side by side, pixels a stride
/// apart, rows W strides apart. Pointers are to row 0 whether or not it is there: only the rows from
/// <see cref="RowStart"/> to <see cref="RowEnd"/> are written, and only those under them read.
/// </remarks>
public unsafe readonly struct ConvolutionArguments
{
    /// <summary>Makes the arguments of a run that computes everything.</summary>
    public ConvolutionArguments()
    {
    }

    /// <summary>
    /// <c>[H,W,Cin]</c>, or <c>[Cin,H,W]</c> if <see cref="ConvolutionShape.IsInputPlanar"/>.
    /// </summary>
    public float* Input { get; init; }

    /// <summary>
    /// Bytes <c>[H,W,Cin]</c>, dense, in place of <see cref="Input"/> if there are
    /// <see cref="ConvolutionShape.Pixels"/>.
    /// </summary>
    public byte* Pixels { get; init; }

    /// <summary>Floats from one input pixel to the next, at least Cin; planes are dense.</summary>
    public required long InputStride { get; init; }

    /// <summary><c>[H',W',Cout]</c>; must not overlap the input.</summary>
    public float* Output { get; init; }

    /// <summary>Floats from one output pixel to the next, at least Cout.</summary>
    public required long OutputStride { get; init; }

    /// <summary>
    /// Laid out as the output and added before the activation, or null; may be the output's memory. Only for
    /// layers with <see cref="ConvolutionLayer.AcceptsResidual"/>.
    /// </summary>
    public float* Residual { get; init; }

    /// <summary>
    /// <c>[Cin]</c>, what each input channel is multiplied by before the convolution, or null for ones. Only for
    /// layers with <see cref="ConvolutionLayer.AcceptsScales"/>.
    /// </summary>
    public float* Scales { get; init; }

    /// <summary>
    /// <see cref="ConvolutionLayer.ScratchBytes"/>, or <see cref="ConvolutionLayer.ScaledScratchBytes"/> with
    /// scales, aligned to 64 bytes, of each share its own; may be null when none are wanted.
    /// </summary>
    public byte* Scratch { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>First row of the output to compute.</summary>
    public int RowStart { get; init; }

    /// <summary>The row behind the last one to compute, at most H'.</summary>
    public required int RowEnd { get; init; }

    /// <summary>
    /// Which share of these rows to compute, 0 to <see cref="Shares"/> - 1; shares do not overlap.
    /// </summary>
    public int Share { get; init; }

    /// <summary>Number of shares.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>This share of the rows.</summary>
    internal (int Start, int End) CutRows()
    {
        (int start, int end) = Cut(RowEnd - RowStart, 1);
        return (RowStart + start, RowStart + end);
    }

    /// <summary>
    /// This share of 0..<paramref name="total"/>, cut at multiples of <paramref name="unit"/> as evenly as
    /// they allow.
    /// </summary>
    internal (int Start, int End) Cut(int total, int unit) => new Share(Share, Shares).Cut(total, unit);
}
