using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Scaling;

/// <summary>
/// Finds the depthwise-separable blocks of a graph whose shapes are known and whose nodes no pass has changed.
/// </summary>
/// <remarks>
/// The graph is cut wherever a single value carries on. A part between two cuts that holds a depthwise convolution
/// and ends in the sum with what it began with is a residual block; one without a residual is a row of parts:
/// perhaps 1x1 convolution and activation, depthwise, activation, perhaps a gate, 1x1, activation.
/// </remarks>
internal sealed class BlockFinder
{
    private readonly IReadOnlyList<GraphPart> _parts;
    private int _next;

    private BlockFinder(ModelGraph graph) => _parts = GraphPart.Split(graph);

    /// <summary>The stages of a graph, in its order.</summary>
    public static IReadOnlyList<NetworkStage> Stages(ModelGraph graph)
    {
        List<List<SeparableBlock>> stages = [];
        foreach (SeparableBlock block in new BlockFinder(graph).Blocks())
        {
            if (stages.Count > 0 && GoesOn(stages[^1], block))
                stages[^1].Add(block);
            else
                stages.Add([block]);
        }

        return [.. stages.Select(blocks => new NetworkStage(blocks))];
    }

    private static bool GoesOn(List<SeparableBlock> stage, SeparableBlock block) =>
        block.KeepsShape && block.Input == stage[^1].Output && block.IsAlike(stage[0]);

    private IEnumerable<SeparableBlock> Blocks()
    {
        while (_next < _parts.Count)
        {
            if ((Residual() ?? Row()) is { } block)
                yield return block;
            else
                _next++;
        }
    }

    private SeparableBlock? Residual()
    {
        GraphPart part = _parts[_next];
        return part.IsSumWithInput ? Describe(_next, _next + 1, isResidual: true) : null;
    }

    private SeparableBlock? Row()
    {
        int at = _next;
        if (KindAt(at) == PartKind.Pointwise)
            at = SkipElementwise(at + 1);
        if (KindAt(at) != PartKind.Depthwise)
            return null;
        at = SkipElementwise(at + 1);
        if (KindAt(at) == PartKind.Gate)
            at = SkipElementwise(at + 1);
        return KindAt(at) == PartKind.Pointwise ? Describe(_next, SkipElementwise(at + 1), isResidual: false) : null;
    }

    private PartKind KindAt(int part) => part < _parts.Count ? _parts[part].Kind : PartKind.Other;

    private int SkipElementwise(int part)
    {
        while (KindAt(part) == PartKind.Elementwise)
            part++;
        return part;
    }

    /// <summary>The block that parts make, behind which the search goes on; null when they are none.</summary>
    private SeparableBlock? Describe(int first, int end, bool isResidual)
    {
        Node[] nodes = [.. _parts.Skip(first).Take(end - first).SelectMany(part => part.Nodes)];
        if (!TrySplit(nodes, out List<Node> layers, out List<Node> gate) || !IsSeparable(layers, gate))
            return null;
        _next = end;
        return new SeparableBlock
        {
            Nodes = nodes,
            Input = _parts[first].Input,
            Output = _parts[end - 1].Output,
            Expand = layers.Count == 3 ? layers[0] : null,
            Depthwise = layers[^2],
            Squeeze = gate.Count == 0 ? null : gate[0],
            Excite = gate.Count == 0 ? null : gate[1],
            IsResidual = isResidual,
        };
    }

    // Convolutions of the image, and those of what a pool has made of it.
    private static bool TrySplit(Node[] nodes, out List<Node> layers, out List<Node> gate)
    {
        HashSet<Value> pooled = [];
        (layers, gate) = ([], []);
        foreach (Node node in nodes)
        {
            IEnumerable<Value> inputs = node.Inputs.OfType<Value>().Where(input => !input.IsConstant);
            bool isPooled = GraphPart.IsPool(node) || inputs.All(pooled.Contains);
            if (isPooled)
                pooled.UnionWith(node.Outputs.OfType<Value>());
            if (node.OperatorName is "Gemm" or "MatMul")
                return false;
            if (node.Operator is Convolution)
                (isPooled ? gate : layers).Add(node);
        }

        return true;
    }

    private static bool IsSeparable(List<Node> layers, List<Node> gate) => layers.Count is 2 or 3
        && GeometryOf(layers[^2]).IsDepthwise
        && GeometryOf(layers[^1]).IsPointwise
        && (layers.Count == 2 || GeometryOf(layers[0]).IsPointwise)
        && gate.Count is 0 or 2;

    private static ConvolutionGeometry GeometryOf(Node node) => ((Convolution)node.Operator!).Geometry;
}
