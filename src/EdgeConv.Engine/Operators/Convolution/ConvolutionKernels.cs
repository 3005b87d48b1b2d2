using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels.Convolution;

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
        Tensor? bias = inputs.Length > 2 ? inputs[2]?.Constant : null;
        ConvolutionLayer layer =
            PackedLayers.Make(context.Weights, LayerShape.Of(convolution), inputs[1]!, bias);
        return new LayerConvolution(convolution, layer, context.Pool);
    }
}
