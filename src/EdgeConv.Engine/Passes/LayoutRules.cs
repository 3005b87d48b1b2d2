using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>Which nodes run with channels last, and as what.</summary>
internal static class LayoutRules
{
    // Below it an operand is lined up by an attribute instead of from the last axis.
    private const int BroadcastOpset = 7;

    /// <summary>Adds the node with channels last; false when it has to stay as it is.</summary>
    public static bool TryRewrite(Node node, LayoutRewriter rewriter) => node.Operator switch
    {
        Convolution convolution => TryConvolution(node, convolution, rewriter),
        TapStatistics => rewriter.HasLast(node.Inputs[0]) && Tap(node, rewriter),
        Transpose => rewriter.HasLast(node.Inputs[0]) && Reorder(node, rewriter),
        _ when !IsRewritable(node) || !node.Inputs.Any(rewriter.HasLast) => false,
        MaxPool or AveragePool or GlobalAveragePool or GlobalMaxPool => TryPool(node, rewriter),
        Concat => TryConcat(node, rewriter),
        ElementwiseActivation or UnaryOperator or ClipOperator or BroadcastOperator =>
            TryElementwise(node, rewriter),
        _ => false,
    };

    private static bool IsRewritable(Node node) =>
        node.Outputs is [{ Shape.Rank: 3 or 4, Shape.ElementCount: > 0 }];

    private static bool TryConvolution(Node node, Convolution convolution, LayoutRewriter rewriter)
    {
        Value? bias = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        if (!node.Inputs[1]!.IsConstant || bias is { IsConstant: false }
            || !LayerConvolution.Accepts(convolution.Geometry))
        {
            return false;
        }

        Value?[] inputs = [.. node.Inputs];
        inputs[0] = rewriter.Last(inputs[0]!);
        if (convolution.HasResidual)
            inputs[^1] = rewriter.Last(inputs[^1]!);
        Node last = Copy(node, inputs, rewriter);
        last.Operator = convolution.WithChannelsLast(last);
        rewriter.Add(last);
        return true;
    }

    private static bool Tap(Node node, LayoutRewriter rewriter)
    {
        Node last = new(
            node.Name, node.OperatorName, node.Opset, [rewriter.Last(node.Inputs[0]!)], node.Outputs,
            node.Attributes);
        last.Operator = ((TapStatistics)node.Operator!).WithChannelsLast(last);
        rewriter.AddPlanar(last);
        return true;
    }

    // The model's own permutation of a value that is there with channels last.
    private static bool Reorder(Node node, LayoutRewriter rewriter)
    {
        Value last = rewriter.Last(node.Inputs[0]!), output = node.Outputs[0]!;
        int rank = last.Shape!.Rank;
        int[] toPlanar = LayoutRewriter.ToPlanar(rank);
        int[] order = [.. TransposeOrder.Of(node, rank).Select(axis => toPlanar[axis])];
        if (LayoutRewriter.IsIdentity(order))
            rewriter.Alias(output, last);
        else
            rewriter.Reorder(last, output, order);
        return true;
    }

    private static bool TryPool(Node node, LayoutRewriter rewriter)
    {
        if (ChannelsLastPool.Plan(node) is not { } plan)
            return false;
        Node last = Copy(node, [rewriter.Last(node.Inputs[0]!)], rewriter);
        last.Operator = new ChannelsLastPool(last, plan);
        rewriter.Add(last);
        return true;
    }

    private static bool TryConcat(Node node, LayoutRewriter rewriter)
    {
        int rank = node.Outputs[0]!.Shape!.Rank;
        long axis = node.Attributes.GetInt(node, "axis", 1);
        int planar = (int)(axis < 0 ? axis + rank : axis);
        long last = Array.IndexOf(LayoutRewriter.ToLast(rank), planar);
        Value[] inputs = [.. node.Inputs.Select(input => rewriter.Last(input!))];
        Add(node, inputs, node.Attributes.With("axis", last), rewriter);
        return true;
    }

    private static bool TryElementwise(Node node, LayoutRewriter rewriter)
    {
        Shape output = node.Outputs[0]!.Shape!;
        Value?[] inputs = [.. node.Inputs];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not { } input || IsSingle(input))
                continue;
            bool isAligned = node.Opset >= BroadcastOpset || input.Shape!.Equals(output);
            if (input.Shape!.Rank != output.Rank || !isAligned)
                return false;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } input && !IsSingle(input))
                inputs[i] = rewriter.Last(input);
        }

        Add(node, inputs, node.Attributes, rewriter);
        return true;
    }

    private static bool IsSingle(Value value) => value.Constant is { Length: 1 };

    private static Node Copy(Node node, Value?[] inputs, LayoutRewriter rewriter) => new(
        node.Name, node.OperatorName, node.Opset, inputs, [rewriter.Define(node.Outputs[0]!)], node.Attributes);

    private static void Add(Node node, Value?[] inputs, NodeAttributes attributes, LayoutRewriter rewriter)
    {
        Value output = rewriter.Define(node.Outputs[0]!);
        Node last = new(node.Name, node.OperatorName, node.Opset, inputs, [output], attributes);
        Operator operation = last.Operator = node.Operator is ElementwiseActivation fused
            ? new ElementwiseActivation(last, fused.Activation)
            : OperatorTable.Create(last);
        TensorType type = operation.Infer(new InferenceContext(last))[0];
        if (!type.Shape.Equals(output.Shape))
            throw new InvalidOperationException($"{last} made {type.Shape} of what was {output}");
        rewriter.Add(last);
    }
}
