using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// The taps that some neighbouring outputs of one row see, with channels last: y[p,c] = act(bias[c] +
/// Σ ky, kx of w[ky,kx,c] x[ky RowStep + p PixelStep + kx TapStep + c]).
/// </summary>
internal unsafe struct DepthwiseWindow<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Channel 0 of column 0 of the input row of <see cref="KyStart"/>.</summary>
    public float* FirstRow;

    /// <summary>Floats from the input row of one ky to that of the next.</summary>
    public long RowStep;

    /// <summary>First ky whose row lies in the image.</summary>
    public int KyStart;

    /// <summary>The ky behind the last whose row lies in the image.</summary>
    public int KyEnd;

    /// <summary>
    /// First kx whose column lies in the image for all the outputs, but for those counted in
    /// <see cref="MissingLeft"/>.
    /// </summary>
    public int KxStart;

    /// <summary>The kx behind the last one.</summary>
    public int KxEnd;

    /// <summary>
    /// How many inputs of a row, at its begin, lie left of the image; only where <see cref="KxStart"/> is 0.
    /// </summary>
    public int MissingLeft;

    /// <summary>How many at its end lie right of the image; only where all KW taps count.</summary>
    public int MissingRight;

    /// <summary>KW.</summary>
    public int KernelWidth;

    /// <summary>Floats from column 0 of a row to the tap <see cref="KxStart"/> of the first output.</summary>
    public long Column;

    /// <summary>Floats from one tap to the next.</summary>
    public long TapStep;

    /// <summary>Floats from an output's input to that of its neighbour.</summary>
    public long PixelStep;

    /// <summary>The bias of channel 0; its weights follow, tap by tap, <see cref="WeightStep"/> apart.</summary>
    public float* Weights;

    /// <summary>Floats from a channel's weight of one tap to that of the next, at least C.</summary>
    public long WeightStep;

    /// <summary>Number of channels C.</summary>
    public int Channels;

    /// <summary>Channel 0 of the first output.</summary>
    public float* Output;

    /// <summary>Floats from one output to the next.</summary>
    public long OutputStride;

    /// <summary>What is done before a vector is stored.</summary>
    public Clamp<TLanes, TVector> Clamp;

    /// <summary>Whether the first tap of the first output lies in the image.</summary>
    public readonly bool HasFirst => MissingLeft == 0;

    /// <summary>Whether the last tap of the last output lies in the image.</summary>
    public readonly bool HasLast => MissingRight == 0;

    /// <summary>Weights of the first tap that counts, for channel 0.</summary>
    public readonly float* FirstTap => Weights + ((1L + ((long)KyStart * KernelWidth) + KxStart) * WeightStep);

    /// <summary>Floats from the weights behind a row's last tap to those of the next row's first.</summary>
    public readonly long RowSkip => (KernelWidth - KxEnd + KxStart) * WeightStep;
}
