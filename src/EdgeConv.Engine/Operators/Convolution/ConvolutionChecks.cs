using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>What must hold of a convolution's inputs.</summary>
internal static class ConvolutionChecks
{
    /// <summary>All inputs are float32.</summary>
    /// <exception cref="ModelError">Unsupported: one is not.</exception>
    public static void RequireFloat(InferenceContext context, bool hasResidual)
    {
        for (int i = 0; i < (hasResidual ? 4 : 3); i++)
        {
            if (context.Has(i) && context.TypeOf(i) != DataType.Float32)
            {
                throw ModelError.Unsupported(context.Node.Place,
                    $"input {i} is {DataTypes.NameOf(context.TypeOf(i))}, only float32 is supported");
            }
        }
    }

    /// <summary>Ranks, channels and groups fit together.</summary>
    /// <exception cref="ModelError">They do not.</exception>
    public static void Check(InferenceContext context, int groups)
    {
        Shape input = context.ShapeOf(0);
        Shape weights = context.ShapeOf(1);
        if (input.Rank < 3)
            throw Error(context, $"input {input} must be [N,C,...] with at least one spatial axis");
        if (weights.Rank != input.Rank)
        {
            throw Error(context,
                $"weights {weights} and input {input} must have the same number of dimensions");
        }

        if (weights.ElementCount == 0)
            throw Error(context, $"weights {weights} are empty");
        if (input[1] % groups != 0 || weights[0] % groups != 0)
        {
            throw Error(context,
                $"{input[1]} input and {weights[0]} output channels do not divide into {groups} groups");
        }

        if (weights[1] != input[1] / groups)
        {
            throw Error(context, $"weights {weights} read {weights[1]} channels a group, "
                + $"input {input} has {input[1] / groups} in each of {groups}");
        }

        if (context.Has(2) && !context.ShapeOf(2).Equals(new Shape(weights[0])))
            throw Error(context, $"bias {context.ShapeOf(2)} must be [{weights[0]}]");
    }

    /// <summary>The output's shape.</summary>
    /// <exception cref="ModelError">It is larger than a tensor can be.</exception>
    public static Shape OutputShape(Node node, ConvolutionGeometry geometry)
    {
        long[] dimensions =
            [geometry.Batch, geometry.OutputChannels, .. geometry.Axes.Select(a => (long)a.Output)];
        return Shape.TryCreate(dimensions, out Shape? shape, out string? problem)
            ? shape
            : throw new ModelError(node.Place, $"output: {problem}");
    }

    private static ModelError Error(InferenceContext context, string problem) =>
        new(context.Node.Place, problem);
}
