using System.Runtime.InteropServices;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Scaling;

/// <summary>
/// Gives the constants of nodes the shapes that other channels want. Where channels are added, the base network's
/// values come again from the first channel on; where there are fewer, the first ones stay. Weights are divided by
/// what their number of inputs grows by, so that activations stay in their range. What comes of it is not trained.
/// </summary>
internal sealed class ScaledWeights : IDisposable
{
    private readonly List<Tensor> _made = [];

    /// <inheritdoc/>
    public void Dispose() => _made.ForEach(tensor => tensor.Dispose());

    /// <summary>Constants of a node for an input of other channels.</summary>
    /// <param name="node">The base network's.</param>
    /// <param name="input">Channels, or features, of what it reads.</param>
    /// <param name="output">Channels, or features, of what it makes.</param>
    /// <returns>For each input its constant; null where it is no constant.</returns>
    public Tensor?[] For(Node node, int input, int output)
    {
        Tensor?[] constants = new Tensor?[node.Inputs.Length];
        for (int i = 0; i < constants.Length; i++)
        {
            if (node.Inputs[i]?.Constant is not { } constant)
                continue;
            float factor = i == 1 && IsDense(node) ? (float)node.Inputs[0]!.Shape![1] / input : 1;
            constants[i] = Resize(constant, ShapeOf(node, i, constant.Shape, input, output), factor);
        }

        return constants;
    }

    private static bool IsDense(Node node) =>
        node.OperatorName is "Gemm" or "MatMul" || node.Operator is Convolution { Geometry.IsDepthwise: false };

    private static Shape ShapeOf(Node node, int index, Shape shape, int input, int output) => node.OperatorName switch
    {
        "Conv" => ShapeInConvolution(node, shape, input, output),
        "Gemm" or "MatMul" when index == 1 && IsTransposed(node) => new Shape(output, input),
        "Gemm" or "MatMul" when index == 1 => new Shape(input, output),
        "Gemm" => WithExtent(shape, shape.Rank - 1, node.Outputs[0]!.Shape![1], output),
        "BatchNormalization" => new Shape(input),
        _ when node.Operator!.NeedsValue(index) => shape,
        // Broadcast against [N,C,...], from the last axis on.
        _ => WithExtent(shape, shape.Rank - node.Outputs[0]!.Shape!.Rank + 1, node.Outputs[0]!.Shape![1], output),
    };

    private static Shape ShapeInConvolution(Node node, Shape shape, int input, int output)
    {
        if (shape.Rank == 1)
            return new Shape(output);
        int groupInputs = ((Convolution)node.Operator!).Geometry.IsDepthwise ? 1 : input;
        return new Shape([output, groupInputs, .. shape.Dimensions[2..]]);
    }

    private static bool IsTransposed(Node node) =>
        node.OperatorName == "Gemm" && node.Attributes.GetInt(node, "transB", 0) != 0;

    private static Shape WithExtent(Shape shape, int axis, int was, int extent)
    {
        if (axis < 0 || axis >= shape.Rank || shape[axis] != was)
            return shape;
        int[] extents = shape.Dimensions.ToArray();
        extents[axis] = extent;
        return new Shape(extents);
    }

    private Tensor Resize(Tensor source, Shape shape, float factor)
    {
        if (source.Shape.Equals(shape))
            return source;
        Tensor made = new(DataType.Float32, shape, elements =>
            Tile(source, shape, factor, MemoryMarshal.Cast<byte, float>(elements)));
        _made.Add(made);
        return made;
    }

    private static void Tile(Tensor source, Shape shape, float factor, Span<float> target)
    {
        ReadOnlySpan<float> from = source.AsSpan<float>();
        Span<int> index = stackalloc int[Shape.MaximumRank];
        foreach (ref float value in target)
        {
            value = from[OffsetOf(source.Shape, index)] * factor;
            Advance(index, shape);
        }
    }

    private static int OffsetOf(Shape shape, ReadOnlySpan<int> index)
    {
        int offset = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
            offset = (offset * shape[axis]) + (index[axis] % shape[axis]);
        return offset;
    }

    private static void Advance(Span<int> index, Shape shape)
    {
        for (int axis = shape.Rank - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            index[axis] = 0;
    }
}
