namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// One convolution with its kernel chosen and its weights packed. Made when a model is loaded; runs allocate
/// nothing. Any number of threads may run one layer on shares of an image or on images of their own, each
/// with its own scratch.
/// </summary>
public abstract class ConvolutionLayer : IDisposable
{
    private protected ConvolutionLayer(ConvolutionShape shape) => Shape = shape;

    /// <summary>Its extents.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Name of the kernel by the grammar in README.md.</summary>
    public abstract string KernelName { get; }

    /// <summary>Bytes of scratch memory that a share of a run wants.</summary>
    public abstract long ScratchBytes { get; }

    /// <summary>Whether <see cref="ConvolutionArguments.Residual"/> may be given.</summary>
    public virtual bool AcceptsResidual => true;

    /// <summary>Whether <see cref="ConvolutionArguments.Scales"/> may be given.</summary>
    public virtual bool AcceptsScales => false;

    /// <summary>Bytes of scratch memory that a share of a run with scales wants.</summary>
    public virtual long ScaledScratchBytes => ScratchBytes;

    /// <summary>Multiply-adds of one image.</summary>
    public long MultiplyAdds => (long)Shape.OutputChannels * Shape.OutputPixels * Shape.WeightsPerOutput;

    /// <summary>
    /// Chooses the kernel by <see cref="KernelTable"/> and packs weights <c>[Cout,Cin/G,KH,KW]</c> and bias
    /// <c>[Cout]</c>, or an empty one for zeros.
    /// </summary>
    /// <param name="shape">Extents.</param>
    /// <param name="weights">Copied.</param>
    /// <param name="bias">Copied.</param>
    /// <param name="set">The only instruction set to consider beside plain C#; null for the best of this
    /// machine.</param>
    /// <exception cref="ArgumentException">The shape is no convolution, or a length does not fit
    /// it.</exception>
    public static ConvolutionLayer Create(
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias,
        KernelSet? set = null)
    {
        shape.Check();
        if (weights.Length != (long)shape.OutputChannels * shape.WeightsPerOutput)
            throw new ArgumentException($"{weights.Length} weights for {shape}", nameof(weights));
        if (bias.Length != 0 && bias.Length != shape.OutputChannels)
            throw new ArgumentException($"{bias.Length} biases for {shape}", nameof(bias));
        return KernelTable.Convolution(shape, set).Create(shape, weights, bias);
    }

    /// <summary>Computes a share of one image.</summary>
    public abstract void Run(in ConvolutionArguments arguments);

    /// <summary>What <see cref="Run"/> computes.</summary>
    internal virtual OutputRectangle RectangleOf(in ConvolutionArguments arguments)
    {
        (int start, int end) = arguments.CutRows();
        int width = Shape.OutputWidth;
        return new OutputRectangle(start * width, end * width, 0, Shape.OutputChannels);
    }

    /// <summary>Frees the packed weights.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the packed weights.</summary>
    protected abstract void Dispose(bool disposing);
}
