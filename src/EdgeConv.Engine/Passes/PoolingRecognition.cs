using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>Makes GlobalAveragePool of a ReduceMean over all spatial axes.</summary>
internal static class PoolingRecognition
{
    private const string PassName = "recognise global pool";

    /// <summary>Rewrites the graph and tells what it did.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        GraphRewriter rewriter = new(graph);
        foreach (Node node in rewriter.Nodes.Where(IsSpatialMean).ToArray())
        {
            Replace(rewriter, node);
            log.Add(new Rewrite(PassName, node.Name, "became GlobalAveragePool, of ReduceMean"));
        }

        rewriter.Commit();
    }

    private static bool IsSpatialMean(Node node)
    {
        if (node.OperatorName != "ReduceMean" || node.Outputs is not [{ Type: DataType.Float32 }]
            || node.Inputs[0]!.Shape is not { Rank: > 2 } shape || shape.ElementCount == 0)
        {
            return false;
        }

        long[]? axes = node.Opset < 18
            ? node.Attributes.GetInts(node, "axes")
            : node.Inputs.Length > 1 && node.Inputs[1]?.Constant is { Type: DataType.Int64 } constant
                ? constant.AsSpan<long>().ToArray() : null;
        return axes is not null && axes.Select(axis => axis < 0 ? axis + shape.Rank : axis).Order()
            .SequenceEqual(Enumerable.Range(2, shape.Rank - 2).Select(axis => (long)axis));
    }

    // Without keepdims the pool's [N,C,1,...] is viewed as [N,C].
    private static void Replace(GraphRewriter rewriter, Node node)
    {
        Value output = node.Outputs[0]!;
        bool keepsAxes = output.Shape!.Rank == node.Inputs[0]!.Shape!.Rank;
        Value pooled = keepsAxes ? output : new Value($"{output.Name} pooled");
        Node pool = Make(node, "GlobalAveragePool", [node.Inputs[0]], pooled);
        if (keepsAxes)
            rewriter.Replace([node], pool);
        else
            rewriter.Replace([node], pool, Make(node, "Flatten", [pooled], output));
    }

    private static Node Make(Node origin, string operatorName, Value?[] inputs, Value output)
    {
        NodeAttributes attributes = new(origin.Attributes.ModelName, new Dictionary<string, object>());
        Node node = new(origin.Name, operatorName, origin.Opset, inputs, [output], attributes);
        node.Operator = OperatorTable.Create(node);
        TensorType type = node.Operator.Infer(new InferenceContext(node))[0];
        (output.Type, output.Shape) = (type.Type, type.Shape);
        return node;
    }
}
