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
/// One product y[p,co] = act(Σk (s[k]) x[p,k] w[co,k] + bias[co] (+ residual[p,co])) over a rectangle of
/// pixels and output channels. x is <c>[P,K]</c>, y and the residual are <c>[P,Cout]</c>: the channels of a
/// pixel lie side by side, pixels a stride apart. The K inputs of a pixel may also be several runs that lie
/// apart, such as the rows of an image under a kernel.
/// </summary>
public unsafe readonly struct PointwiseArguments
{
    /// <summary>Makes the arguments of a product whose inputs are one run.</summary>
    public PointwiseArguments()
    {
    }

    /// <summary>
    /// What <see cref="PointwiseKernel.Pack(in PointwiseWeights)"/> of the same kernel made.
    /// </summary>
    public float* Packed { get; init; }

    /// <summary>K.</summary>
    public int InputChannels { get; init; }

    /// <summary>Number of runs that the K inputs of a pixel lie in; divides K.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>Floats from one run to the next.</summary>
    public long RunStep { get; init; }

    /// <summary>Channel 0 of the first pixel to compute.</summary>
    public float* Input { get; init; }

    /// <summary>Floats from one input pixel to the next.</summary>
    public long InputStride { get; init; }

    /// <summary>Channel 0 of the first pixel to compute. Must not overlap the input.</summary>
    public float* Output { get; init; }

    /// <summary>Floats from one output pixel to the next.</summary>
    public long OutputStride { get; init; }

    /// <summary>
    /// Added before the activation, laid out as the output and possibly the same memory; null for none.
    /// </summary>
    public float* Residual { get; init; }

    /// <summary>
    /// s <c>[K]</c>, what each input channel is multiplied by, or null for ones; not for inputs in several
    /// runs.
    /// </summary>
    public float* Scales { get; init; }

    /// <summary>
    /// Room for <see cref="PointwiseKernel.ScaleLength"/> floats; wanted with scales only.
    /// </summary>
    public float* Scratch { get; init; }

    /// <summary>Number of pixels to compute.</summary>
    public int Pixels { get; init; }

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

    /// <summary>The same product for pixels further down.</summary>
    internal PointwiseArguments Rows(int start, int count) => this with
    {
        Input = Input + (start * InputStride),
        Output = Output + (start * OutputStride),
        Residual = Residual is null ? null : Residual + (start * OutputStride),
        Pixels = count,
    };
}
