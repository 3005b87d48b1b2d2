using EdgeConv.Core;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// Gives every value its element type and shape, and every node its operator; what is known before the first
/// run becomes a constant and its nodes go.
/// </summary>
public static class ShapeInference
{
    /// <summary>The most bytes that one value may take.</summary>
    public const long MaximumValueBytes = 1L << 30;

    /// <summary>
    /// Binds the inputs as <paramref name="options"/> say and infers the whole graph, once.
    /// </summary>
    /// <remarks>
    /// An input in <see cref="SessionOptions.BoundInputs"/> stays in <see cref="ModelGraph.Inputs"/>; its
    /// value is constant from then on. Outputs of the graph may turn out constant too.
    /// </remarks>
    /// <exception cref="ModelError">
    /// Inputs do not fit, an operator is not supported or does not accept its inputs, or a shape depends on
    /// data.
    /// </exception>
    public static void Run(ModelGraph graph, SessionOptions options) =>
        Run(graph, options, OperatorTable.Create);

    /// <summary>
    /// As <see cref="Run(ModelGraph, SessionOptions)"/>, with operators made by <paramref name="create"/>.
    /// </summary>
    public static void Run(ModelGraph graph, SessionOptions options, Func<Node, Operator> create)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(create);
        InputBinding.Bind(graph, options);
        DataDependence dependence = new();
        ConstantFolder folder = new(dependence.Reaches);
        HashSet<Node> folded = [];
        try
        {
            foreach (Node node in graph.Nodes)
            {
                NodeInference.Infer(graph, node, create);
                if (folder.TryFold(node))
                    folded.Add(node);
                else
                    dependence.Check(node);
            }
        }
        catch
        {
            folder.Discard();
            throw;
        }

        graph.Nodes.RemoveAll(folded.Contains);
    }

    /// <summary>
    /// Names of the graph inputs whose content decides a shape, so that a session must have them in
    /// <see cref="SessionOptions.BoundInputs"/>; in the order of the graph's inputs. Needs no shapes.
    /// </summary>
    /// <exception cref="ModelError">An operator is not supported.</exception>
    public static IReadOnlyList<string> ValueInputs(ModelGraph graph) =>
        ValueInputs(graph, OperatorTable.Create);

    /// <summary>
    /// As <see cref="ValueInputs(ModelGraph)"/>, with operators made by <paramref name="create"/>.
    /// </summary>
    public static IReadOnlyList<string> ValueInputs(ModelGraph graph, Func<Node, Operator> create)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(create);
        List<Value> deciding = [];
        foreach (Node node in graph.Nodes)
        {
            Arity.Check(node);
            node.Operator ??= OperatorGuard.Call(node, () => create(node));
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (node.Inputs[i] is { } input && node.Operator.NeedsValue(i))
                    deciding.Add(input);
            }
        }

        HashSet<Value> sources = ValueSources.Of(deciding);
        return
        [
            .. graph.Inputs.Select(input => input.Value).Where(sources.Contains).Select(value => value.Name),
        ];
    }
}
