using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one node of activation functions that models write in several: clip(x + 3, 0, 6) / 6 and
/// clip(a x + b, 0, 1), which are hard sigmoids; x · hardsigmoid(x; 1/6, 1/2), also as
/// x · clip(x + 3, 0, 6) / 6; x · sigmoid(x).
/// </summary>
internal sealed class RecogniseActivation : IPass
{
    private const float Tolerance = 1e-6f;
    private const float Sixth = 1 / 6f;

    public string Name => "recognise activation";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        Match? match = node.OperatorName switch
        {
            "Clip" => MatchUnitClip(rewriter, node),
            "Div" or "Mul" => MatchSixth(rewriter, node) ?? MatchProduct(rewriter, node),
            _ => null,
        };
        if (match is null || !node.Outputs[0]!.Shape!.Equals(match.Input.Shape))
            return null;
        Node fused = Make(node, match);
        rewriter.Replace(match.Nodes, fused);
        return $"became {fused.OperatorName}, of {string.Join(", ", match.Nodes.Select(n => $"'{n.Name}'"))}";
    }

    private static Node Make(Node last, Match match)
    {
        (Value x, Value y) = (match.Input, last.Outputs[0]!);
        if (match.Function is { Kind: ActivationKind.HardSigmoid } sigmoid)
            return NewNode.HardSigmoid(last, x, y, sigmoid.A, sigmoid.B);
        Node fused = NewNode.Make(last, match.Function.Kind.ToString(), [x], y);
        fused.Operator = new ElementwiseActivation(fused, match.Function);
        return fused;
    }

    // clip(a x + b, 0, 1)
    private static Match? MatchUnitClip(GraphRewriter rewriter, Node clip)
    {
        if (ActivationNodes.Of(clip) != Activation.Clip(0, 1)
            || rewriter.PrivateProducer(clip.Inputs[0], "Add") is not { } sum
            || ConstantOf(sum) is not { } offset
            || rewriter.PrivateProducer(offset.Other, "Mul") is not { } product
            || ConstantOf(product) is not { } slope)
        {
            return null;
        }

        Activation function = Activation.HardSigmoid(slope.Number, offset.Number);
        return new Match(function, slope.Other, [product, sum, clip]);
    }

    // clip(x + 3, 0, 6) / 6 or (x · clip(x + 3, 0, 6)) / 6; the division may be a product with 1/6.
    private static Match? MatchSixth(GraphRewriter rewriter, Node scale)
    {
        if (ConstantOf(scale) is not { } constant || !IsSixth(scale, constant.Number))
            return null;
        if (MatchClip(rewriter, constant.Other) is { } gate)
            return new Match(Activation.HardSigmoid(Sixth, 0.5f), gate.Input, [.. gate.Nodes, scale]);
        if (rewriter.PrivateProducer(constant.Other, "Mul") is not { } product)
            return null;
        for (int i = 0; i < 2; i++)
        {
            if (MatchClip(rewriter, product.Inputs[i]) is { } clip && clip.Input == product.Inputs[1 - i])
                return new Match(Activation.HardSwish, clip.Input, [.. clip.Nodes, product, scale]);
        }

        return null;
    }

    private static bool IsSixth(Node scale, float constant) => scale.OperatorName == "Div"
        ? scale.Inputs[1]!.IsConstant && constant == 6
        : Math.Abs(constant - Sixth) < Tolerance;

    // clip(x + 3, 0, 6)
    private static Match? MatchClip(GraphRewriter rewriter, Value? value) =>
        rewriter.PrivateProducer(value) is { } clip && ActivationNodes.Of(clip) == Activation.Relu6
        && rewriter.PrivateProducer(clip.Inputs[0], "Add") is { } sum
        && ConstantOf(sum) is { Number: 3 } three
            ? new Match(Activation.Relu6, three.Other, [sum, clip])
            : null;

    // x · f(x) in either order, where nothing else reads f(x).
    private static Match? MatchProduct(GraphRewriter rewriter, Node product)
    {
        if (product.OperatorName != "Mul" || product.Inputs is not [{ } first, { } second])
            return null;
        return MatchProduct(rewriter, product, first, second)
            ?? MatchProduct(rewriter, product, second, first);
    }

    private static Match? MatchProduct(GraphRewriter rewriter, Node product, Value x, Value gate)
    {
        if (rewriter.PrivateProducer(gate) is not { } inner || inner.Inputs[0] != x)
            return null;
        return ActivationNodes.Of(inner) switch
        {
            { Kind: ActivationKind.Sigmoid } => new Match(Activation.Silu, x, [inner, product]),
            { Kind: ActivationKind.HardSigmoid, B: 0.5f } function
                when Math.Abs(function.A - Sixth) < Tolerance =>
                new Match(Activation.HardSwish, x, [inner, product]),
            _ => null,
        };
    }

    // The number among the two operands, and the other operand.
    private static Operand? ConstantOf(Node node)
    {
        if (node.Inputs is not [{ } first, { } second])
            return null;
        if (Constants.ScalarOf(second) is { } right)
            return new Operand(right, first);
        return Constants.ScalarOf(first) is { } left ? new Operand(left, second) : null;
    }

    private sealed record Operand(float Number, Value Other);

    private sealed record Match(Activation Function, Value Input, Node[] Nodes);
}
