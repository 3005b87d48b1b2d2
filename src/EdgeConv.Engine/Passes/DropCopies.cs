using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Drops nodes that give out what they take in: Identity, Dropout in inference, Cast to the same type,
/// Transpose without effect, Reshape to the same shape, Pad by nothing, Slice of everything, Concat of one.
/// </summary>
internal sealed class DropCopies : IPass
{
    public string Name => "drop copies";

    public string? TryRewrite(Node node, GraphEditor editor)
    {
        if (node.Inputs is not [{ } input, ..] || node.Outputs is not [{ } output, ..])
            return null;
        if (!node.Outputs.Skip(1).All(editor.IsUnused) || !IsCopy(node, input, output))
            return null;
        return editor.TryBypass(node, output, input)
            ? $"{node.OperatorName} dropped, it copies '{input.Name}'"
            : null;
    }

    // TryBypass holds that type and shape are the same.
    private static bool IsCopy(Node node, Value input, Value output) => node.OperatorName switch
    {
        "Identity" or "Cast" or "CastLike" => true,
        "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Expand" or "Tile" => true,
        "Concat" or "Sum" or "Mean" or "Max" or "Min" => node.Inputs.Length == 1,
        "Dropout" => !MayTrain(node),
        "Transpose" => KeepsOrder(node, input.Shape!),
        "Pad" => (node.Attributes.GetInts(node, "pads") ?? Content(node, 1))?.All(pad => pad == 0) == true,
        "Slice" => node.Inputs.Length < 5 || node.Inputs[4] is null
            || Content(node, 4)?.All(step => step > 0) == true,
        _ => false,
    };

    private static bool MayTrain(Node node) =>
        node.Inputs.Length > 2 && node.Inputs[2] is { } training
        && !(training.Constant is { Type: DataType.Bool } flag && !flag.AsBytes().ContainsAnyExcept((byte)0));

    // Axes of extent 1 may change places freely.
    private static bool KeepsOrder(Node node, Shape shape)
    {
        long[] order = TransposeOrder.Of(node, shape.Rank);
        long[] moving = [.. order.Where(axis => shape[(int)axis] != 1)];
        return moving.SequenceEqual(moving.Order());
    }

    private static long[]? Content(Node node, int index)
    {
        Tensor? constant = node.Inputs.Length > index ? node.Inputs[index]?.Constant : null;
        return constant?.Type switch
        {
            DataType.Int64 => constant.AsSpan<long>().ToArray(),
            DataType.Int32 => [.. constant.AsSpan<int>().ToArray().Select(value => (long)value)],
            _ => null,
        };
    }
}
