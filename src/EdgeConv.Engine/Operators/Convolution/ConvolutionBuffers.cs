namespace EdgeConv.Engine.Operators;

/// <summary>The memory of one run of a convolution.</summary>
internal readonly unsafe struct ConvolutionBuffers
{
    /// <summary><c>[N,C_in,...]</c>, or <c>[N,...,C_in]</c> with channels last.</summary>
    public required float* Input { get; init; }

    /// <summary>Bytes <c>[N,H,W,C_in]</c> in place of <see cref="Input"/>.</summary>
    public byte* Pixels { get; init; }

    /// <summary><c>[C_out,C_in/G,...]</c> as in the model; null once the kernel has packed them.</summary>
    public float* Weights { get; init; }

    /// <summary><c>[C_out]</c>, or null.</summary>
    public float* Bias { get; init; }

    /// <summary>
    /// Added before the activation, laid out as the output; or null. May be the output itself.
    /// </summary>
    public float* Residual { get; init; }

    /// <summary><c>[N,C_in]</c>, what input channels are multiplied by; or null.</summary>
    public float* Scales { get; init; }

    /// <summary><c>[N,C_out,...]</c>, or <c>[N,...,C_out]</c> with channels last.</summary>
    public required float* Output { get; init; }

    /// <summary>Floats from one output pixel to the next with channels last; 0 for C_out.</summary>
    public long OutputStride { get; init; }

    /// <summary><c>[C_out]</c> means, then variances if wanted, before the activation; or null.</summary>
    public float* Before { get; init; }

    /// <summary>The same behind the activation.</summary>
    public float* After { get; init; }

    /// <summary>Scratch memory as large as the kernel asked for.</summary>
    public byte* Scratch { get; init; }
}
