namespace EdgeConv.Kernels.Convolution;

/// <summary>The memory of one run of a convolution on one image, and the share of it to compute.</summary>
public unsafe readonly struct ConvolutionArguments
{
    /// <summary>Makes the arguments of a run that computes everything.</summary>
    public ConvolutionArguments()
    {
    }

    /// <summary><c>[Cin,H,W]</c>.</summary>
    public float* Input { get; init; }

    /// <summary><c>[Cout,H',W']</c>; must not overlap the input.</summary>
    public float* Output { get; init; }

    /// <summary>
    /// <c>[Cout,H',W']</c>, added before the activation, or null; may be the output's memory. Only for layers
    /// with
    /// <see cref="ConvolutionLayer.AcceptsResidual"/>.
    /// </summary>
    public float* Residual { get; init; }

    /// <summary>
    /// <see cref="ConvolutionLayer.ScratchBytes"/> aligned to 64 bytes, of each share its own; may be null
    /// when none are wanted.
    /// </summary>
    public byte* Scratch { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>
    /// Which share of the output to compute, 0 to <see cref="Shares"/> - 1; shares do not overlap.
    /// </summary>
    public int Share { get; init; }

    /// <summary>Number of shares.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>
    /// This share of 0..<paramref name="total"/>, cut at multiples of <paramref name="unit"/> as evenly as
    /// they allow.
    /// </summary>
    internal (int Start, int End) Cut(int total, int unit)
    {
        long units = (total + unit - 1L) / unit;
        long start = units * Share / Shares * unit;
        long end = units * (Share + 1L) / Shares * unit;
        return ((int)Math.Min(start, total), (int)Math.Min(end, total));
    }
}
