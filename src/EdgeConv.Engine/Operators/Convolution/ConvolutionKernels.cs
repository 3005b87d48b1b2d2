using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Chooses how a convolution is computed.</summary>
internal static class ConvolutionKernels
{
    /// <summary>
    /// A packed layer where weights and bias are constant and a kernel knows the shape; otherwise the
    /// definition.
    /// </summary>
    public static ConvolutionKernel Choose(Convolution convolution, PrepareContext context)
    {
        Value?[] inputs = context.Node.Inputs;
        Value? bias = inputs.Length > 2 ? inputs[2] : null;
        return inputs[1]!.Constant is { } weights && (bias is null || bias.IsConstant)
                && LayerConvolution.Accepts(convolution.Geometry)
            ? new LayerConvolution(convolution, weights.AsSpan<float>(), Floats(bias?.Constant), context.Pool)
            : new DirectConvolution(convolution.Geometry, convolution.Activation);
    }

    private static ReadOnlySpan<float> Floats(Tensor? tensor) => tensor is null ? [] : tensor.AsSpan<float>();
}
