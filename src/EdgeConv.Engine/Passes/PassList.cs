using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// All passes in the order they run. Each stage runs over and over until none of its passes finds anything to
/// do; fusion comes when there is nothing left to draw into weights, since a convolution with an activation
/// takes no more constants in. <see cref="ChannelsLast"/> and what follows it walk over what is then left, once.
/// </summary>
public static class PassList
{
    // What is unnecessary goes first, so that patterns lie bare. Activations are recognised before constants
    // are folded, since x + 3 of a hard sigmoid looks like a bias; so is the normalisation of pixels.
    private static readonly IPass[] CleanUp =
    [
        new RecognisePixels(),
        new DropDeadNodes(),
        new DropCopies(),
        new DropSplits(),
        new DropRequantization(),
        new MergeTransposes(),
        new ViewTranspose(),
        new MergeViews(),
        new MergeMeans(),
        new RecogniseGlobalPool(),
        new MergeClamps(),
        new RecogniseActivation(),
        new FoldPad(),
        new FoldIntoLayerBefore(),
        new FoldIntoLayerAfter(),
        new MergeBias(),
    ];

    private static readonly IPass[] Fusion = [new FuseResidual(), new FuseActivation()];

    /// <summary>Names of the passes in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. CleanUp.Concat(Fusion).Select(pass => pass.Name),
        ChannelsLast.Name, ReadPixels.Name, FoldScale.Name, FuseStatistics.Name, MergeSiblings.Name,
    ];

    /// <summary>Rewrites a graph whose shapes are inferred.</summary>
    /// <param name="graph">
    /// Changed in place; outputs keep the names of <see cref="ModelGraph.OutputNames"/>.
    /// </param>
    /// <param name="taps">Names of values that must stay as they are.</param>
    /// <param name="level">Which stages run.</param>
    /// <returns>What was done, in order.</returns>
    public static IReadOnlyList<Rewrite> Run(
        ModelGraph graph, IReadOnlyList<string> taps, PassLevel level = PassLevel.ChannelsLast) =>
        Run(graph, taps, level, OperatorTable.Create);

    /// <summary>
    /// As <see cref="Run(ModelGraph, IReadOnlyList{string}, PassLevel)"/>, with operators made by
    /// <paramref name="create"/>.
    /// </summary>
    public static IReadOnlyList<Rewrite> Run(
        ModelGraph graph, IReadOnlyList<string> taps, PassLevel level, Func<Node, Operator> create)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(taps);
        ArgumentNullException.ThrowIfNull(create);
        GraphRewriter rewriter = new(graph, taps, create);
        List<Rewrite> rewrites = [];
        if (level >= PassLevel.CleanUp)
            RunStage(CleanUp, rewriter, rewrites);
        if (level >= PassLevel.Fuse)
            RunStage(Fusion, rewriter, rewrites);
        rewriter.Commit();
        if (level < PassLevel.ChannelsLast)
            return rewrites;
        ChannelsLast.Run(graph, rewrites);
        ReadPixels.Run(graph, rewrites);
        FoldScale.Run(graph, rewrites);
        FuseStatistics.Run(graph, rewrites);
        MergeSiblings.Run(graph, rewrites);
        return rewrites;
    }

    private static void RunStage(IPass[] passes, GraphRewriter rewriter, List<Rewrite> rewrites)
    {
        int before;
        do
        {
            before = rewrites.Count;
            foreach (IPass pass in passes)
                Sweep(pass, rewriter, rewrites);
        }
        while (rewrites.Count > before);
    }

    // Dead nodes are found from the back: a node is dead once all its readers are.
    private static void Sweep(IPass pass, GraphRewriter rewriter, List<Rewrite> rewrites)
    {
        IEnumerable<Node> nodes = [.. rewriter.Nodes];
        foreach (Node node in pass is DropDeadNodes ? nodes.Reverse() : nodes)
        {
            if (rewriter.Contains(node) && pass.TryRewrite(node, rewriter) is { } what)
                rewrites.Add(new Rewrite(pass.Name, node.Name, what));
        }
    }
}
