using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Chooses how a convolution is computed.</summary>
internal static class ConvolutionKernels
{
    /// <summary>A packed layer for channels last, otherwise the definition.</summary>
    public static ConvolutionKernel Choose(Convolution convolution, PrepareContext context)
    {
        if (!convolution.IsChannelsLast)
            return new DirectConvolution(convolution.Geometry, convolution.Activation);
        Value?[] inputs = context.Node.Inputs;
        Tensor weights = inputs[1]!.Constant!;
        Tensor? bias = inputs.Length > 2 ? inputs[2]?.Constant : null;
        return new LayerConvolution(convolution, weights.AsSpan<float>(), Floats(bias), context.Pool);
    }

    private static ReadOnlySpan<float> Floats(Tensor? tensor) => tensor is null ? [] : tensor.AsSpan<float>();
}
