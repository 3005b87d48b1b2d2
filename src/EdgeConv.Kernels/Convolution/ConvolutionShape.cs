using EdgeConv.Core;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// Extents of a convolution of one image of Cin channels with weights <c>[Cout,Cin/G,KH,KW]</c> to Cout
/// channels: y[co,oy,ox] = bias[co] + Σ over ci in co's group, ky, kx of w[co,ci,ky,kx] x[ci, oy
/// sy + ky dy - top, ox sx + kx dx - left], x being zero outside. Unless said it is 1x1, of one group.
/// </summary>
public sealed record ConvolutionShape : WindowShape
{
    /// <summary>Cin.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Cout.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>G; divides Cin and Cout.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>
    /// Whether the input is planes <c>[Cin,H,W]</c>, as a picture arrives, and not pixels; of one group only.
    /// </summary>
    public bool IsInputPlanar { get; init; }

    /// <summary>Whether the planes lie row by row, <c>[H,Cin,W]</c>; only of planes.</summary>
    public bool IsInputByRow { get; init; }

    /// <summary>
    /// How floats are made of the input, which is bytes <c>[H,W,Cin]</c> of 1 or 3 channels; null for floats.
    /// The layer then reads <see cref="ConvolutionArguments.Pixels"/>, and <see cref="IsInputPlanar"/> says
    /// in which order it adds.
    /// </summary>
    public PixelInput? Pixels { get; init; }

    /// <summary>Weights that make one output value: Cin/G KH KW.</summary>
    public int WeightsPerOutput => InputChannels / Groups * Taps;

    /// <summary>
    /// True for a 1x1 convolution of stride 1 without padding or groups: a product of matrices.
    /// </summary>
    public bool IsPointwise => Taps == 1 && Groups == 1 && StrideX == 1 && StrideY == 1
        && PadTop == 0 && PadLeft == 0 && OutputHeight == InputHeight && OutputWidth == InputWidth;

    /// <summary>True when each output channel sees one input channel.</summary>
    public bool IsDepthwise => Groups == InputChannels;

    /// <summary>Throws when the extents are no convolution.</summary>
    /// <exception cref="ArgumentException">
    /// An extent, stride or dilation is below 1, padding is negative, the groups do not divide the channels,
    /// or the channels are not those of pixels.
    /// </exception>
    internal void Check()
    {
        int least = Math.Min(
            Math.Min(Math.Min(InputChannels, OutputChannels), Math.Min(InputHeight, InputWidth)),
            Math.Min(Math.Min(OutputHeight, OutputWidth), Math.Min(KernelHeight, KernelWidth)));
        least = Math.Min(least, Math.Min(Math.Min(StrideX, StrideY), Math.Min(DilationX, DilationY)));
        if (least < 1 || Groups < 1 || PadTop < 0 || PadLeft < 0)
            throw new ArgumentException($"no convolution: {this}");
        if (IsInputPlanar && Groups != 1)
            throw new ArgumentException($"planes of one group only: {this}");
        if (IsInputByRow && !IsInputPlanar)
            throw new ArgumentException($"rows of planes only: {this}");
        if (Pixels is { } pixels && (InputChannels is not (1 or 3) || !pixels.Fits(InputChannels)))
            throw new ArgumentException($"no pixels: {this}");
        if (InputChannels % Groups != 0 || OutputChannels % Groups != 0)
            throw new ArgumentException($"{Groups} groups do not divide the channels: {this}");
    }
}
