using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Inspection;

/// <summary>
/// Finds depthwise convolutions whose output goes, element by element, into a pointwise one.
/// </summary>
internal static class SeparablePairs
{
    private const int MostNodesBetween = 8;

    /// <summary>All pairs in the order of their pointwise nodes.</summary>
    public static IReadOnlyList<SeparablePair> Find(ModelGraph graph)
    {
        List<SeparablePair> pairs = [];
        foreach (Node node in graph.Nodes)
        {
            if (node.Operator is Convolution { Geometry.IsPointwise: true }
                && DepthwiseBefore(node.Inputs[0]) is { } depthwise)
            {
                pairs.Add(Describe(depthwise, node));
            }
        }

        return pairs;
    }

    /// <summary>The cost of a pair against the standard convolution that it replaces.</summary>
    public static SeparablePair Describe(Node depthwise, Node pointwise)
    {
        ConvolutionGeometry filter = ((Convolution)depthwise.Operator!).Geometry;
        ConvolutionGeometry mix = ((Convolution)pointwise.Operator!).Geometry;
        long multiplyAdds = filter.MultiplyAdds + mix.MultiplyAdds;
        long standard = filter.Batch * filter.OutputPositions * filter.KernelPositions
            * filter.InputChannels * mix.OutputChannels;
        return new SeparablePair(
            depthwise.Name,
            pointwise.Name,
            [.. filter.Axes.Select(axis => axis.Kernel)],
            filter.InputChannels,
            mix.OutputChannels,
            multiplyAdds,
            standard,
            (double)multiplyAdds / standard);
    }

    /// <summary>
    /// The depthwise convolution that makes a value, element by element: through activations, normalisation,
    /// requantisation and the product with a squeeze-and-excitation scale. Null when something else does.
    /// </summary>
    public static Node? DepthwiseBefore(Value? value)
    {
        for (int i = 0; i <= MostNodesBetween && value?.Producer is { } producer; i++)
        {
            if (producer.Operator is Convolution convolution)
                return convolution.Geometry.IsDepthwise ? producer : null;
            // The input that has the output's shape.
            value = Array.Find(producer.Inputs, input =>
                input is { IsConstant: false } && input.Shape!.Equals(producer.Outputs[0]!.Shape));
            if (producer.OperatorName == "Add" || value is null)
                return null;
        }

        return null;
    }
}
