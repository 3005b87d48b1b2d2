using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one node of activation functions that models write in several: x · sigmoid(x),
/// x · hardsigmoid(x; 1/6, 1/2) and x · clip(x + 3, 0, 6) / 6.
/// </summary>
internal static class ActivationFusion
{
    private const string PassName = "recognise activation";
    private const float Tolerance = 1e-6f;

    /// <summary>Rewrites the graph and tells what it did.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        GraphRewriter rewriter = new(graph);
        foreach (Node node in rewriter.Nodes.Where(n => n.OperatorName == "Mul").ToArray())
        {
            if (MatchProduct(rewriter, node) is not { } match)
                continue;
            Replace(rewriter, match);
            string names = string.Join(", ", match.Nodes.Select(n => $"'{n.Name}'"));
            log.Add(new Rewrite(PassName, match.Nodes[^1].Name, $"became {match.Name}, of {names}"));
        }

        rewriter.Commit();
    }

    // Mul(x, f(x)) in either order, where nothing else reads f(x).
    private static Match? MatchProduct(GraphRewriter rewriter, Node product)
    {
        if (product.Inputs is not [{ } first, { } second])
            return null;
        return MatchProduct(rewriter, product, first, second)
            ?? MatchProduct(rewriter, product, second, first);
    }

    private static Match? MatchProduct(GraphRewriter rewriter, Node product, Value x, Value gate)
    {
        if (!rewriter.IsReadOnlyBy(gate, product) || !rewriter.TryProducer(gate, out Node? inner)
            || ActivationNodes.Of(inner) is not { } function)
        {
            return null;
        }

        if (function.Kind == ActivationKind.Clip)
            return MatchWrittenOut(rewriter, product, x, inner, function);
        if (inner.Inputs[0] != x)
            return null;
        return function switch
        {
            { Kind: ActivationKind.Sigmoid } => new Match("Silu", Activation.Silu, x, [inner, product]),
            { Kind: ActivationKind.HardSigmoid, B: 0.5f } when IsNear(function.A, 1 / 6f) =>
                new Match("HardSwish", Activation.HardSwish, x, [inner, product]),
            _ => null,
        };
    }

    // x · clip(x + 3, 0, 6), then divided by 6 or multiplied by 1/6.
    private static Match? MatchWrittenOut(
        GraphRewriter rewriter, Node product, Value x, Node clip, Activation function)
    {
        if (function != Activation.Relu6 || !rewriter.IsReadOnlyBy(clip.Inputs[0], clip)
            || !rewriter.TryProducer(clip.Inputs[0], out Node? sum) || sum.OperatorName != "Add"
            || OtherThan(sum, x) is not { } three || ActivationNodes.ScalarOf(three) != 3
            || !rewriter.TryOnlyReader(product.Outputs[0], out Node? scale))
        {
            return null;
        }

        bool isSixth = scale.OperatorName switch
        {
            "Div" => scale.Inputs[0] == product.Outputs[0] && ActivationNodes.ScalarOf(scale.Inputs[1]) == 6,
            "Mul" =>
                ActivationNodes.ScalarOf(OtherThan(scale, product.Outputs[0])) is { } s && IsNear(s, 1 / 6f),
            _ => false,
        };
        return isSixth ? new Match("HardSwish", Activation.HardSwish, x, [sum, clip, product, scale]) : null;
    }

    private static Value? OtherThan(Node node, Value? one) =>
        node.Inputs[0] == one ? node.Inputs[1] : node.Inputs[1] == one ? node.Inputs[0] : null;

    private static bool IsNear(float value, float wanted) => Math.Abs(value - wanted) < Tolerance;

    private static void Replace(GraphRewriter rewriter, Match match)
    {
        Node last = match.Nodes[^1];
        if (!last.Outputs[0]!.Shape!.Equals(match.Input.Shape))
            return;
        Node fused =
            new(last.Name, match.Name, last.Opset, [match.Input], [last.Outputs[0]], last.Attributes);
        fused.Operator = new ElementwiseActivation(fused, match.Function);
        rewriter.Replace(match.Nodes, fused);
    }

    private sealed record Match(string Name, Activation Function, Value Input, IReadOnlyList<Node> Nodes);
}
