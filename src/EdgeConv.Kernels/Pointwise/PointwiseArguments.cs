namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// Where the weights of a product lie before they are packed: w[co,k] = Weights[co RowStride + k
/// ColumnStride].
/// </summary>
public unsafe readonly struct PointwiseWeights
{
    /// <summary>First weight.</summary>
    public float* Weights { get; init; }

    /// <summary>
    /// Floats from one output channel to the next: K for <c>[Cout,K]</c>, 1 for its transpose.
    /// </summary>
    public long RowStride { get; init; }

    /// <summary>
    /// Floats from one input channel to the next: 1 for <c>[Cout,K]</c>, Cout for its transpose.
    /// </summary>
    public long ColumnStride { get; init; }

    /// <summary><c>[Cout]</c>, or null for zeros.</summary>
    public float* Bias { get; init; }

    /// <summary>K.</summary>
    public int InputChannels { get; init; }

    /// <summary>Cout.</summary>
    public int OutputChannels { get; init; }
}

/// <summary>
/// One product y[co,p] = act(Σk w[co,k] x[k,p] + bias[co] (+ residual[co,p])) over a rectangle of output
/// channels and pixels. x is <c>[K,P]</c>, y and the residual are <c>[Cout,P]</c>; rows lie a stride apart,
/// pixels side by side.
/// </summary>
public unsafe readonly struct PointwiseArguments
{
    /// <summary>
    /// What <see cref="PointwiseKernel.Pack(in PointwiseWeights)"/> of the same kernel made.
    /// </summary>
    public float* Packed { get; init; }

    /// <summary>K.</summary>
    public int InputChannels { get; init; }

    /// <summary>Pixel 0 of input channel 0.</summary>
    public float* Input { get; init; }

    /// <summary>Floats from one input channel to the next.</summary>
    public long InputStride { get; init; }

    /// <summary>Pixel 0 of output channel 0. Must not overlap the input.</summary>
    public float* Output { get; init; }

    /// <summary>Floats from one output channel to the next.</summary>
    public long OutputStride { get; init; }

    /// <summary>
    /// Added before the activation, laid out as the output and possibly the same memory; null for none.
    /// </summary>
    public float* Residual { get; init; }

    /// <summary>First pixel to compute.</summary>
    public int PixelStart { get; init; }

    /// <summary>The pixel behind the last one to compute.</summary>
    public int PixelEnd { get; init; }

    /// <summary>
    /// First output channel to compute, a multiple of <see cref="PointwiseKernel.BlockChannels"/>.
    /// </summary>
    public int ChannelStart { get; init; }

    /// <summary>
    /// The output channel behind the last one to compute: a multiple of
    /// <see cref="PointwiseKernel.BlockChannels"/> or the number of output channels.
    /// </summary>
    public int ChannelEnd { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }
}
