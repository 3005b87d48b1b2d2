using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one Gemm of MatMul and Add, or of Gemm without bias and Add, when the matrix is constant.
/// </summary>
internal sealed class MergeBias : IPass
{
    private const int FirstBroadcastingOpset = 7;

    public string Name => "merge bias";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Add" || node.Opset < FirstBroadcastingOpset || node.Inputs.Length != 2)
            return null;
        int constant = node.Inputs[1]?.IsConstant == true ? 1 : 0;
        Value? product = node.Inputs[1 - constant];
        if (rewriter.PrivateProducer(product) is not { OperatorName: "MatMul" or "Gemm" } first
            || !CanTakeIn(first, node, node.Inputs[constant]))
            return null;
        Value?[] inputs = [first.Inputs[0], first.Inputs[1], node.Inputs[constant]];
        NodeAttributes attributes = first.OperatorName == "Gemm"
            ? first.Attributes.With("beta", 1f)
            : new NodeAttributes(first.Attributes.ModelName, new Dictionary<string, object>());
        Node merged = new(first.Name, "Gemm", first.Opset, inputs, node.Outputs, attributes);
        rewriter.Replace([first, node], merged);
        return $"Add went into '{first.Name}'";
    }

    private static bool CanTakeIn(Node first, Node add, Value? bias)
    {
        if (bias?.Constant is not { Type: DataType.Float32 } || first.Inputs[1]?.Constant is null)
            return false;
        if (first.OperatorName == "Gemm" && first.Inputs.Length > 2 && first.Inputs[2] is not null)
            return false;
        Shape output = add.Outputs[0]!.Shape!;
        return first.Inputs[0]!.Shape!.Rank == 2 && first.Inputs[1]!.Shape!.Rank == 2
            && output.Equals(first.Outputs[0]!.Shape) && bias.Shape!.Rank <= 2;
    }
}
