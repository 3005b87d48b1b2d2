namespace EdgeConv.Engine.Operators;

/// <summary>One way to compute a convolution, chosen when it is prepared.</summary>
internal abstract unsafe class ConvolutionKernel : IDisposable
{
    /// <summary>Name as in <c>KernelTable</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Scratch memory wanted, in bytes.</summary>
    public virtual long ScratchBytes => 0;

    /// <summary>
    /// Whether the weights and the bias were packed, so that those of the model are not read again.
    /// </summary>
    public virtual bool HasPackedWeights => true;

    /// <summary>y = activation(w * x + b + residual).</summary>
    public abstract void Run(in ConvolutionBuffers buffers);

    /// <summary>Frees packed weights.</summary>
    public virtual void Dispose()
    {
    }
}
