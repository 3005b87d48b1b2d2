using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>What the operators of this folder demand of their inputs, and what they say is wrong.</summary>
internal static class ArithmeticChecks
{
    public static ReadOnlySpan<DataType> Floats => [DataType.Float32, DataType.Float64];

    public static ReadOnlySpan<DataType> FloatsAndIntegers =>
        [DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64];

    public static ReadOnlySpan<DataType> Numbers =>
    [
        DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Int32, DataType.Int64,
    ];

    /// <summary>The type of an input, which must be one of <paramref name="allowed"/>.</summary>
    public static DataType RequireType(
        this InferenceContext context, int input, params ReadOnlySpan<DataType> allowed)
    {
        DataType type = context.TypeOf(input);
        if (allowed.Contains(type))
            return type;
        string names = string.Join(", ", allowed.ToArray().Select(DataTypes.NameOf));
        throw ModelError.Unsupported(
            context.Node.Place,
            $"{Describe(context, input)} is {DataTypes.NameOf(type)}, supported are {names}");
    }

    /// <summary>Refuses an input whose type is not <paramref name="type"/>.</summary>
    public static void RequireSameType(this InferenceContext context, int input, DataType type)
    {
        if (context.TypeOf(input) == type)
            return;
        string found = DataTypes.NameOf(context.TypeOf(input));
        throw new ModelError(
            context.Node.Place,
            $"{Describe(context, input)} is {found}, it must be {DataTypes.NameOf(type)}");
    }

    /// <summary>Refuses an input that does not have exactly <paramref name="count"/> elements.</summary>
    public static void RequireCount(this InferenceContext context, int input, long count)
    {
        Shape shape = context.ShapeOf(input);
        if (shape.ElementCount != count)
        {
            throw new ModelError(
                context.Node.Place,
                $"{Describe(context, input)} has shape {shape}, it must have {count} elements");
        }
    }

    /// <summary>Refuses nodes with more inputs or outputs than the operator has, or without output.</summary>
    public static void CheckCounts(this InferenceContext context, int inputs, int outputs)
    {
        Node node = context.Node;
        if (node.Inputs.Length > inputs)
            throw new ModelError(node.Place, $"has {node.Inputs.Length} inputs, at most {inputs} exist");
        if (node.Outputs.Length > outputs)
            throw new ModelError(node.Place, $"has {node.Outputs.Length} outputs, at most {outputs} exist");
        if (node.Outputs.Length == 0 || node.Outputs[0] is null)
            throw new ModelError(node.Place, "has no output");
    }

    /// <summary>An axis in 0..rank-1 from one that may count from the end.</summary>
    public static int AxisOf(Node node, long axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            throw new ModelError(node.Place, $"axis {axis} does not exist in a tensor of {rank} dimensions");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>Gives a tensor the extents it has in this run, where they depend on the data.</summary>
    public static void FitTo(this Tensor tensor, Shape shape)
    {
        if (!tensor.Shape.Equals(shape))
            tensor.Reshape(shape);
    }

    private static string Describe(InferenceContext context, int input) =>
        $"input {input} '{context.Node.Inputs[input]!.Name}'";
}
