namespace EdgeConv.Engine.Operators;

/// <summary>Chooses how a convolution is computed.</summary>
internal static class ConvolutionKernels
{
    /// <summary>The kernel for a convolution whose shapes are known.</summary>
    public static ConvolutionKernel Choose(Convolution convolution, PrepareContext context)
    {
        return new DirectConvolution(convolution.Geometry, convolution.Activation);
    }
}
