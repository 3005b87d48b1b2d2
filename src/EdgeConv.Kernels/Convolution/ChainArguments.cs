namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// The memory of one run of a chain on one image, and the share of it to compute; all images have channels
/// last, and all but the output are dense.
/// </summary>
public unsafe readonly struct ChainArguments
{
    /// <summary>Makes the arguments of a run that computes everything.</summary>
    public ChainArguments()
    {
    }

    /// <summary><c>[H,W,Cin]</c> of the first convolution.</summary>
    public required float* Input { get; init; }

    /// <summary>
    /// Bytes <c>[H,W,Cin]</c> in place of <see cref="Input"/>, if the first convolution reads pixels.
    /// </summary>
    public byte* Pixels { get; init; }

    /// <summary><c>[H',W',Cout]</c> of the last one; must not overlap the input.</summary>
    public required float* Output { get; init; }

    /// <summary>Floats from one output pixel to the next, at least Cout; 0 for Cout.</summary>
    public long OutputStride { get; init; }

    /// <summary>
    /// Laid out as the output and added before the last activation, or null; may be the input.
    /// </summary>
    public float* Residual { get; init; }

    /// <summary>
    /// <see cref="ConvolutionChain.ScratchBytes"/> aligned to 64 bytes, of each share its own.
    /// </summary>
    public required byte* Scratch { get; init; }

    /// <summary>Which share of the rows to compute, 0 to <see cref="Shares"/> - 1.</summary>
    public int Share { get; init; }

    /// <summary>Number of shares.</summary>
    public int Shares { get; init; } = 1;
}
