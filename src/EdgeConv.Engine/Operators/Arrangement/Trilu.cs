using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Keeps the upper (or lower) triangle of each matrix, from diagonal k (input 1) on, and clears the rest; any
/// element type.
/// </summary>
internal sealed unsafe class Trilu(Node node) : ShapedOperator(node)
{
    private readonly bool _isUpper = node.Attributes.GetInt(node, "upper", 1) != 0;

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input == 0;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        RequireRank(context.ShapeOf(0), 0, 2);
        if (context.Has(1))
        {
            Require(context.TypeOf(1), 1, DataType.Int64);
            if (context.ShapeOf(1).ElementCount != 1)
                throw Error($"input 1 has shape {context.ShapeOf(1)}, it must be one value");
        }

        return Outputs(new TensorType(context.TypeOf(0), context.ShapeOf(0)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor output = outputs[0]!;
        if (inputs[0]!.Data != output.Data)
            inputs[0]!.AsBytes().CopyTo(output.AsBytes());
        if (output.Length == 0)
            return;
        int size = DataTypes.SizeOf(output.Type);
        int columns = output.Shape[-1];
        long rows = output.Shape[-2];
        long diagonal = inputs.Length > 1 && inputs[1] is { } k
            ? Math.Clamp(k.AsSpan<long>()[0], -rows - 1, columns + 1L) : 0;
        for (long line = 0; line < output.Length / columns; line++)
        {
            long edge = Math.Clamp((line % rows) + diagonal + (_isUpper ? 0 : 1), 0, columns);
            (long first, long count) = _isUpper ? (0, edge) : (edge, columns - edge);
            new Span<byte>(output.Data + (((line * columns) + first) * size), (int)(count * size)).Clear();
        }
    }
}
