using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Drops nodes that give out what they take in: Identity, Dropout in inference, Cast to the same type,
/// Transpose without effect, Reshape to the same shape, Pad by nothing, Slice of everything, Concat of one,
/// Split into one, pooling of single elements, Resize by 1, Clip without bounds, x · 1, x + 0.
/// </summary>
internal sealed class DropCopies : IPass
{
    public string Name => "drop copies";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.Outputs is not [{ }, ..] || !node.Outputs.Skip(1).All(rewriter.IsUnused))
            return null;
        Value? copied = ArithmeticCopy(node) ?? (IsCopy(node) ? node.Inputs[0] : null);
        return copied is not null && rewriter.TryBypass(node, copied)
            ? $"{node.OperatorName} dropped, it copies '{copied.Name}'"
            : null;
    }

    // TryBypass holds that type and shape of input 0 and output 0 are the same.
    private static bool IsCopy(Node node) => node.OperatorName switch
    {
        "Identity" or "Cast" or "CastLike" => true,
        "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Expand" or "Tile" => true,
        "ReduceMean" or "ReduceSum" or "ReduceMax" or "ReduceMin" or "ReduceProd" => true,
        "Concat" or "Sum" or "Mean" or "Max" or "Min" => node.Inputs.Length == 1,
        "Split" => node.Outputs.Length == 1,
        "Clip" => ActivationNodes.Of(node) is { } clip
            && float.IsNegativeInfinity(clip.A) && float.IsPositiveInfinity(clip.B),
        "Dropout" => !MayTrain(node),
        "Transpose" => KeepsOrder(node, node.Inputs[0]!.Shape!),
        "Pad" =>
            (node.Attributes.GetInts(node, "pads") ?? Constants.Integers(node, 1))?.All(p => p == 0) == true,
        "Slice" => node.Inputs.Length < 5 || node.Inputs[4] is null
            || Constants.Integers(node, 4)?.All(step => step > 0) == true,
        "AveragePool" or "MaxPool" => PoolsSingleElements(node),
        "Resize" or "Upsample" => ResizesByOne(node),
        _ => false,
    };

    // The other operand of x · 1, x / 1, x + 0 and x - 0.
    private static Value? ArithmeticCopy(Node node)
    {
        if (node.Inputs.Length != 2)
            return null;
        for (int constant = node.OperatorName is "Sub" or "Div" ? 1 : 0; constant < 2; constant++)
        {
            float? neutral = node.OperatorName switch
            {
                "Mul" or "Div" => 1,
                "Add" or "Sub" => 0,
                _ => null,
            };
            if (neutral is not null && Constants.Floats(node, constant)?.All(n => n == neutral) == true)
                return node.Inputs[1 - constant];
        }

        return null;
    }

    private static bool MayTrain(Node node) =>
        node.Inputs.Length > 2 && node.Inputs[2] is { } training
        && !(training.Constant is { Type: DataType.Bool } flag && !flag.AsBytes().ContainsAnyExcept((byte)0));

    // Axes of extent 1 may change places freely.
    private static bool KeepsOrder(Node node, Shape shape) =>
        TransposeOrder.Moving(node, shape) is var moving && moving.SequenceEqual(moving.Order());

    private static bool PoolsSingleElements(Node node) =>
        node.Attributes.GetInts(node, "kernel_shape")?.All(extent => extent == 1) == true
        && node.Attributes.GetInts(node, "strides")?.All(stride => stride == 1) != false
        && node.Attributes.GetInts(node, "pads")?.All(pad => pad == 0) != false;

    // Two ways to place the pixels move them even at scale 1.
    private static bool ResizesByOne(Node node)
    {
        string placing = node.Attributes.GetString(node, "coordinate_transformation_mode", "half_pixel");
        if (placing is "tf_crop_and_resize" or "tf_half_pixel_for_nn")
            return false;
        float[]? scales = node.Attributes.GetFloats(node, "scales")
            ?? Constants.Floats(node, node.OperatorName == "Resize" && node.Opset >= 11 ? 2 : 1);
        return scales is not { Length: > 0 }
            ? node.Inputs.Length > 3 && node.Inputs[3] is not null
            : scales.All(scale => scale == 1);
    }
}
