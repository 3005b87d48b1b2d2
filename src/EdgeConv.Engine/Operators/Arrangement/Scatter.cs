using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>What a scatter does with the element it finds.</summary>
internal enum ScatterReduction
{
    /// <summary>Replaces it.</summary>
    None,

    /// <summary>Adds to it.</summary>
    Add,

    /// <summary>Multiplies it.</summary>
    Mul,

    /// <summary>Keeps the greater.</summary>
    Max,

    /// <summary>Keeps the smaller.</summary>
    Min,
}

/// <summary>
/// A copy of input 0 in which the places that indices (input 1) name take updates (input 2).
/// </summary>
internal abstract unsafe class ScatterOperator : ShapedOperator
{
    private readonly ScatterReduction _reduction = ScatterReduction.None;

    protected ScatterOperator(Node node) : base(node)
    {
        if (node.Opset < 16)
            return;
        string text = node.Attributes.GetString(node, "reduction", "none");
        _reduction = text switch
        {
            "none" => ScatterReduction.None,
            "add" => ScatterReduction.Add,
            "mul" => ScatterReduction.Mul,
            "max" when node.Opset >= 18 => ScatterReduction.Max,
            "min" when node.Opset >= 18 => ScatterReduction.Min,
            _ => throw Unsupported($"'reduction' is '{text}', which is not supported in opset {node.Opset}"),
        };
    }

    /// <summary>Checks the shapes of indices and updates.</summary>
    protected abstract void PlanIndices(InferenceContext context);

    /// <summary>Writes the updates through <see cref="Store"/>.</summary>
    protected abstract void Scatter(ReadOnlySpan<Tensor?> inputs, Tensor output);

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) =>
        input == 0 && !Node.Inputs.Skip(1).Contains(Node.Inputs[0]);

    /// <inheritdoc/>
    protected sealed override TensorType[] Plan(InferenceContext context)
    {
        RequireSame(context, 2, context.TypeOf(0));
        if (_reduction != ScatterReduction.None && context.TypeOf(0) == DataType.Bool)
            throw Unsupported("reductions of bool elements are not supported");
        PlanIndices(context);
        return Outputs(new TensorType(context.TypeOf(0), context.ShapeOf(0)));
    }

    /// <inheritdoc/>
    protected sealed override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (inputs[0]!.Data != outputs[0]!.Data)
            inputs[0]!.AsBytes().CopyTo(outputs[0]!.AsBytes());
        Scatter(inputs, outputs[0]!);
    }

    /// <summary>
    /// Joins <paramref name="count"/> updates from <paramref name="from"/> into the output at <paramref
    /// name="to"/>.
    /// </summary>
    protected void Store(Tensor output, long to, Tensor updates, long from, long count)
    {
        int size = DataTypes.SizeOf(output.Type);
        byte* target = output.Data + (to * size);
        byte* source = updates.Data + (from * size);
        if (_reduction == ScatterReduction.None)
        {
            Buffer.MemoryCopy(source, target, count * size, count * size);
            return;
        }

        switch (output.Type)
        {
            case DataType.Float32: Join((float*)target, (float*)source, count); break;
            case DataType.Float64: Join((double*)target, (double*)source, count); break;
            case DataType.Int8: Join((sbyte*)target, (sbyte*)source, count); break;
            case DataType.UInt8: Join(target, source, count); break;
            case DataType.Int32: Join((int*)target, (int*)source, count); break;
            default: Join((long*)target, (long*)source, count); break;
        }
    }

    private void Join<T>(T* target, T* source, long count) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < count; i++)
        {
            target[i] = _reduction switch
            {
                ScatterReduction.Add => target[i] + source[i],
                ScatterReduction.Mul => target[i] * source[i],
                ScatterReduction.Max => T.Max(target[i], source[i]),
                _ => T.Min(target[i], source[i]),
            };
        }
    }
}

/// <summary>
/// y[p with p[axis] replaced by indices[p]] ← updates[p]; Scatter is its name below opset 11.
/// </summary>
internal sealed class ScatterElements(Node node) : ScatterOperator(node)
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", 0);
    private readonly ElementIndexing _indexing = new();

    /// <inheritdoc/>
    protected override void PlanIndices(InferenceContext context)
    {
        Shape data = context.ShapeOf(0);
        Shape indices = context.ShapeOf(1);
        int axis = AxisOf(_axis, data.Rank);
        CheckConstantIndices(context, 1, data[axis]);
        if (!indices.Equals(context.ShapeOf(2)))
            throw Error($"updates have shape {context.ShapeOf(2)}, the indices {indices}");
        if (!_indexing.TryPlan(data, indices, axis))
            throw Error($"indices of shape {indices} reach outside data of shape {data}");
    }

    /// <inheritdoc/>
    protected override void Scatter(ReadOnlySpan<Tensor?> inputs, Tensor output)
    {
        Indices indices = new(inputs[1]!);
        Span<int> place = stackalloc int[Shape.MaximumRank];
        place.Clear();
        for (int i = 0; i < inputs[1]!.Length; i++)
        {
            long at =
                _indexing.Advance(place) + (Position(indices[i], _indexing.Extent) * _indexing.AxisStride);
            Store(output, at, inputs[2]!, i, 1);
        }
    }
}

/// <summary>y[indices[p…, :], i…] ← updates[p…, i…].</summary>
internal sealed class ScatterND(Node node) : ScatterOperator(node)
{
    private readonly TupleIndexing _tuples = new();

    /// <inheritdoc/>
    protected override void PlanIndices(InferenceContext context)
    {
        Shape data = context.ShapeOf(0);
        Shape indices = context.ShapeOf(1);
        Require(context.TypeOf(1), 1, DataType.Int64);
        RequireRank(data, 0, 1);
        RequireRank(indices, 1, 1);
        if (!_tuples.TryPlan(data, 0, indices[-1]))
            throw Error($"indices of {indices[-1]} axes do not fit data of shape {data}");
        int[] wanted = [.. indices.Dimensions[..^1], .. data.Dimensions[indices[-1]..]];
        if (!context.ShapeOf(2).Dimensions.SequenceEqual(wanted))
            throw Error(
                $"updates have shape {context.ShapeOf(2)}, they must have [{string.Join(',', wanted)}]");
    }

    /// <inheritdoc/>
    protected override void Scatter(ReadOnlySpan<Tensor?> inputs, Tensor output)
    {
        Tensor updates = inputs[2]!;
        if (updates.Length == 0)
            return;
        Indices indices = new(inputs[1]!);
        long tuples = updates.Length / _tuples.Block;
        for (long i = 0; i < tuples; i++)
            Store(output, _tuples.OffsetOf(indices, i, this), updates, i * _tuples.Block, _tuples.Block);
    }
}
