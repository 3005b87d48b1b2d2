namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// What some neighbouring outputs of one or two rows see of an image with channels last, through a 3x3
/// kernel of stride S: y[p,c] = act(bias[c] + Σ ky, kx of w[ky,kx,c] x[ky RowStep + (S p + kx) PixelStep +
/// c]), and the same of the row below.
/// </summary>
internal unsafe struct DepthwiseNineWindow
{
    /// <summary>
    /// Channel 0 of the first tap of the first row's first output; outside the image where
    /// <see cref="HasTop"/> or <see cref="HasFirst"/> is false.
    /// </summary>
    public float* Input;

    /// <summary>Floats from one input row to the next.</summary>
    public long RowStep;

    /// <summary>Floats from one input pixel to the next.</summary>
    public long PixelStep;

    /// <summary>Whether the first row's first row of taps lies in the image.</summary>
    public bool HasTop;

    /// <summary>Whether the last row's last row of taps lies in the image.</summary>
    public bool HasBottom;

    /// <summary>Whether the first tap of the first outputs lies in the image.</summary>
    public bool HasFirst;

    /// <summary>Whether the last tap of the last outputs lies in the image.</summary>
    public bool HasLast;

    /// <summary>
    /// For each vector of channels the bias twice, then nine taps: <c>[C / lanes, 2 + 9, lanes]</c>.
    /// </summary>
    public float* Weights;

    /// <summary>Number of channels, whole vectors.</summary>
    public int Channels;

    /// <summary>Channel 0 of the first row's first output.</summary>
    public float* Output;

    /// <summary>Floats from one output to its right neighbour.</summary>
    public long OutputStride;

    /// <summary>Floats from an output to the one below.</summary>
    public long OutputRowStep;
}
