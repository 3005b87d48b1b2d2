using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Engine.Operators;

/// <summary>Makes layers of constant weights, which are read from the model only when they must be packed.</summary>
internal static unsafe class PackedLayers
{
    /// <summary>A convolution.</summary>
    public static ConvolutionLayer Make(
        WeightStore? store, ConvolutionShape shape, Value weights, Tensor? bias)
    {
        int length = weights.Constant!.Length;
        return Pack(store, weights, bias, data => ConvolutionLayer.Create(
            shape,
            new ReadOnlySpan<float>(data, length),
            bias is null ? [] : bias.AsSpan<float>()));
    }

    /// <summary>A product with a matrix whose extents are given without its elements.</summary>
    public static PackedProduct Make(PrepareContext context, Value matrix, PointwiseWeights extents) =>
        Pack(context.Weights, matrix, null, data => new PackedProduct(extents with { Weights = data }, context.Pool));

    private static T Pack<T>(WeightStore? store, Value weights, Tensor? bias, MakeLayer<T> make) =>
        store is null ? make((float*)weights.Constant!.Data) : store.Pack(weights, bias, make);
}
