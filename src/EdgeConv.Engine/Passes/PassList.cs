using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>All passes in the order they run, over and over until none finds anything to do.</summary>
public static class PassList
{
    private static readonly IPass[] Passes =
    [
        new DropDeadNodes(),
        new DropCopies(),
        new MergeTransposes(),
        new FoldPad(),
        new FoldBatchNormalization(),
        new FoldArithmetic(),
        new MergeBias(),
    ];

    /// <summary>Names of the passes in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Passes.Select(pass => pass.Name)];

    /// <summary>Rewrites a graph whose shapes are inferred.</summary>
    /// <param name="graph">
    /// Changed in place; outputs keep the names of <see cref="ModelGraph.OutputNames"/>.
    /// </param>
    /// <param name="taps">Names of values that must stay as they are.</param>
    /// <returns>What was done, in order.</returns>
    public static IReadOnlyList<Rewrite> Run(ModelGraph graph, IReadOnlyList<string> taps) =>
        Run(graph, taps, OperatorTable.Create);

    /// <summary>
    /// As <see cref="Run(ModelGraph, IReadOnlyList{string})"/>, with operators made by
    /// <paramref name="create"/>.
    /// </summary>
    public static IReadOnlyList<Rewrite> Run(
        ModelGraph graph, IReadOnlyList<string> taps, Func<Node, Operator> create)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(taps);
        ArgumentNullException.ThrowIfNull(create);
        GraphEditor editor = new(graph, taps, create);
        List<Rewrite> rewrites = [];
        int before;
        do
        {
            before = rewrites.Count;
            foreach (IPass pass in Passes)
                Sweep(pass, graph, editor, rewrites);
        }
        while (rewrites.Count > before);
        editor.Finish();
        return rewrites;
    }

    // Dead nodes are found from the back: a node is dead once all its readers are.
    private static void Sweep(IPass pass, ModelGraph graph, GraphEditor editor, List<Rewrite> rewrites)
    {
        bool backwards = pass is DropDeadNodes;
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[backwards ? graph.Nodes.Count - 1 - i : i];
            if (!editor.IsRemoved(node) && pass.TryRewrite(node, editor) is { } what)
                rewrites.Add(new Rewrite(pass.Name, node.Name, what));
        }
    }
}
