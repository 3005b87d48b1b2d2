using EdgeConv.Core;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Graph;

/// <summary>Makes one node's operator and gives its outputs their types.</summary>
internal static class NodeInference
{
    /// <summary>
    /// Infers a node whose inputs all have types; makes its operator unless it has one. A fused node comes
    /// with its own, which knows what inputs it has beyond those of its ONNX name.
    /// </summary>
    /// <exception cref="ModelError">The operator is not supported or does not accept its inputs.</exception>
    public static void Infer(ModelGraph graph, Node node, Func<Node, Operator> create)
    {
        if (node.Operator is null)
            Arity.Check(node);
        TensorType[] types = OperatorGuard.Call(node, () =>
        {
            node.Operator ??= create(node);
            CheckValues(graph, node);
            return node.Operator.Infer(new InferenceContext(node));
        });
        if (types.Length != node.Outputs.Length)
        {
            throw new ModelError(
                node.Place, $"has {node.Outputs.Length} outputs, the operator makes {types.Length}");
        }

        for (int i = 0; i < types.Length; i++)
            SetType(node, node.Outputs[i], types[i]);
    }

    private static void CheckValues(ModelGraph graph, Node node)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Inputs[i] is { IsConstant: false } input && node.Operator!.NeedsValue(i))
                throw NotConstant(graph, node, i, input);
        }
    }

    private static ModelError NotConstant(ModelGraph graph, Node node, int index, Value input)
    {
        HashSet<Value> sources = ValueSources.Of([input]);
        IEnumerable<string> names = graph.Inputs
            .Where(source => sources.Contains(source.Value))
            .Select(source => $"'{source.Value.Name}'");
        return ModelError.Unsupported(
            node.Place,
            $"input {index} '{input.Name}' decides a shape and must be known when the model is loaded; "
            + $"it is computed from {string.Join(", ", names.DefaultIfEmpty("values of a run"))}");
    }

    private static void SetType(Node node, Value? output, TensorType type)
    {
        if (output is null)
            return;
        if (type.Shape.ElementCount * DataTypes.SizeOf(type.Type) > ShapeInference.MaximumValueBytes)
        {
            throw new ModelError(
                node.Place,
                $"output '{output.Name}' {DataTypes.NameOf(type.Type)}{type.Shape} takes more than "
                + $"{ShapeInference.MaximumValueBytes >> 20} MB");
        }

        output.Type = type.Type;
        output.Shape = type.Shape;
    }
}
