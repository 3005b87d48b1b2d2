using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// An operator that plans its work from the shapes of its inputs, once in <see cref="Infer"/> and again only
/// when a tensor arrives with another shape than inferred, because a node before it decides its size by data.
/// An input that was released arrives as none and keeps its shape.
/// </summary>
internal abstract unsafe class ShapedOperator(Node node) : Operator(node)
{
    private Shape?[] _planned = [];

    /// <inheritdoc/>
    public sealed override TensorType[] Infer(InferenceContext context)
    {
        TensorType[] outputs = Plan(context);
        _planned = [.. Enumerable.Range(0, context.InputCount)
            .Select(input => context.Has(input) ? context.ShapeOf(input) : null)];
        return outputs;
    }

    /// <inheritdoc/>
    public sealed override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (!IsPlannedFor(inputs))
            PlanAgain(inputs, outputs);
        Execute(inputs, outputs);
    }

    /// <summary>
    /// Checks the inputs against each other, fixes everything that shapes decide, and says the outputs.
    /// </summary>
    /// <exception cref="ModelError">Inputs do not fit together, or a type is not supported.</exception>
    protected abstract TensorType[] Plan(InferenceContext context);

    /// <summary>Computes the outputs of tensors that have the planned shapes.</summary>
    protected abstract void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs);

    /// <summary>A mistake in the model at this node.</summary>
    protected ModelError Error(string problem) => new(Node.Place, problem);

    /// <summary>Something valid at this node that the engine does not run.</summary>
    protected ModelError Unsupported(string problem) => ModelError.Unsupported(Node.Place, problem);

    /// <summary>The outputs the node asks for, of all the operator has; the first must be wanted.</summary>
    protected TensorType[] Outputs(params ReadOnlySpan<TensorType> all)
    {
        if (Node.Outputs.Length == 0 || Node.Outputs[0] is null)
            throw Error("the node has no output 0");
        return OptionalOutputs(all);
    }

    /// <summary>The outputs the node asks for, of all the operator has.</summary>
    protected TensorType[] OptionalOutputs(params ReadOnlySpan<TensorType> all)
    {
        if (Node.Outputs.Length > all.Length)
            throw Error($"the node has {Node.Outputs.Length} outputs, the operator has {all.Length}");
        return all[..Node.Outputs.Length].ToArray();
    }

    /// <summary>An axis counted from the start, of one that may be negative.</summary>
    protected int AxisOf(long axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            throw Error($"axis {axis} does not exist, the tensor has {rank} dimensions");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>Distinct axes counted from the start.</summary>
    protected int[] AxesOf(ReadOnlySpan<long> axes, int rank)
    {
        int[] result = new int[axes.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = AxisOf(axes[i], rank);
            if (Array.IndexOf(result, result[i], 0, i) >= 0)
                throw Error($"axis {axes[i]} is named twice");
        }

        return result;
    }

    /// <summary>A shape of computed extents.</summary>
    protected Shape ShapeOf(params ReadOnlySpan<long> extents) =>
        Shape.TryCreate(extents, out Shape? shape, out string? problem)
            ? shape
            : throw Error($"the output's shape is impossible: {problem}");

    /// <summary>The values of a constant input of int32 or int64; null when it is left out.</summary>
    protected long[]? IntegersOf(InferenceContext context, int input)
    {
        if (context.ConstantOf(input) is not { } tensor)
            return null;
        Require(tensor.Type, input, DataType.Int64, DataType.Int32);
        if (tensor.Shape.Rank > 1)
            throw Error($"input {input} has shape {tensor.Shape}, it must be a list");
        Indices values = new(tensor);
        long[] result = new long[tensor.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }

    /// <summary>The values of a constant input of int32 or int64 that must be there.</summary>
    protected long[] RequiredIntegersOf(InferenceContext context, int input) =>
        IntegersOf(context, input) ?? throw Error($"input {input} is missing");

    /// <summary>The one value of a constant integer input.</summary>
    protected long IntegerOf(InferenceContext context, int input)
    {
        long[] values = RequiredIntegersOf(context, input);
        return values.Length == 1
            ? values[0]
            : throw Error($"input {input} has {values.Length} values, it must have one");
    }

    /// <summary>Refuses a type that is not among <paramref name="supported"/>.</summary>
    protected void Require(DataType type, int input, params ReadOnlySpan<DataType> supported)
    {
        if (!supported.Contains(type))
            throw Unsupported($"input {input} is {DataTypes.NameOf(type)}, which is not supported there");
    }

    /// <summary>Refuses an input whose type is not the other's.</summary>
    protected void RequireSame(InferenceContext context, int input, DataType type)
    {
        if (context.TypeOf(input) != type)
        {
            throw Error($"input {input} is {DataTypes.NameOf(context.TypeOf(input))}, " +
                $"it must be {DataTypes.NameOf(type)}");
        }
    }

    /// <summary>Refuses fewer dimensions than the operator needs.</summary>
    protected void RequireRank(Shape shape, int input, int least)
    {
        if (shape.Rank < least)
            throw Error($"input {input} has shape {shape}, it needs at least {least} dimensions");
    }

    /// <summary>Refuses constant indices that do not lie in -extent..extent-1.</summary>
    protected void CheckConstantIndices(InferenceContext context, int input, long extent)
    {
        Require(context.TypeOf(input), input, DataType.Int64, DataType.Int32);
        if (context.Node.Inputs[input]!.Constant is not { } tensor)
            return;
        Indices values = new(tensor);
        for (int i = 0; i < tensor.Length; i++)
            Position(values[i], extent);
    }

    /// <summary>An index counted from the start, of one that may be negative.</summary>
    internal long Position(long index, long extent)
    {
        if (index < -extent || index >= extent)
            throw Error($"index {index} is out of range, it must lie in {-extent}..{extent - 1}");
        return index < 0 ? index + extent : index;
    }

    private bool IsPlannedFor(ReadOnlySpan<Tensor?> inputs)
    {
        for (int i = 0; i < _planned.Length; i++)
        {
            if (_planned[i] is { } shape && inputs[i] is { } input && !ReferenceEquals(shape, input.Shape)
                && !shape.Equals(input.Shape))
                return false;
        }

        return true;
    }

    private void PlanAgain(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Value?[] values = new Value?[inputs.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = inputs[i] is { } tensor
                ? new Value(Node.Inputs[i]!.Name)
                {
                    Type = tensor.Type,
                    Shape = tensor.Shape,
                    Constant = tensor,
                }
                : Node.Inputs[i];
        }

        Node shadow = new(Node.Name, Node.OperatorName, Node.Opset, values, [], Node.Attributes);
        TensorType[] types = Infer(new InferenceContext(shadow));
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not { } output)
                continue;
            if (types[i].Shape.ElementCount * DataTypes.SizeOf(types[i].Type) > output.ByteLength)
                throw Error($"output {i} grew to {types[i].Shape} while running");
            output.Reshape(types[i].Shape);
        }
    }
}
