using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one 1x1 convolution of several that read the same value, where their outputs are so narrow that most
/// lanes of a vector would compute nothing: the heads of a detector. Depthwise convolutions behind them that
/// differ in their weights alone become one too. What the others read is cut out of the result.
/// </summary>
/// <remarks>
/// <code>
/// x ─ 1x1 to 1 ── 3x3 ── class        x ─ 1x1 to 16 ── 3x3 ── Split ─ class
///   ├ 1x1 to 1 ── 3x3 ── object                                    ├ object
///   ├ 1x1 to 4 ── 3x3 ── box                                       ├ box
///   └ 1x1 to 10 ─ 3x3 ── points                                    └ points
/// </code>
/// </remarks>
internal sealed class MergeSiblings
{
    /// <summary>What it does, for listings.</summary>
    public const string Name = "merge siblings";

    private const int SplitOpset = 13;

    // A float that is cut out of a pixel is read and written once more, which takes about a cycle: that of so
    // many multiply-adds.
    private const long MultiplyAddsPerCopy = 32;

    private readonly ModelGraph _graph;
    private readonly List<Rewrite> _log;
    private readonly ILookup<Value, Node> _readers;
    private readonly PointwiseKernel _kernel = KernelTable.Pointwise();
    private readonly HashSet<Node> _merged = [];

    private MergeSiblings(ModelGraph graph, List<Rewrite> log)
    {
        _graph = graph;
        _log = log;
        _readers = graph.Nodes
            .SelectMany(node => node.Inputs.OfType<Value>().Select(value => (value, node)))
            .ToLookup(read => read.value, read => read.node);
    }

    /// <summary>Rewrites the graph, whose convolutions have channels last where they can.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        MergeSiblings pass = new(graph, log);
        List<Node> nodes = [];
        foreach (Node node in graph.Nodes)
        {
            if (pass._merged.Contains(node))
                continue;
            Node[] siblings = pass.SiblingsOf(node);
            if (siblings.Length > 1)
                nodes.AddRange(pass.Merge(siblings));
            else
                nodes.Add(node);
        }

        graph.Nodes.Clear();
        graph.Nodes.AddRange(nodes);
    }

    private static Convolution? Plain(Node node) =>
        node.Operator is Convolution
        {
            IsChannelsLast: true, HasResidual: false, HasScale: false, Statistics.IsEmpty: true,
        } plain
            ? plain
            : null;

    private static int Channels(Node node) => ((Convolution)node.Operator!).Geometry.OutputChannels;

    // The 1x1 convolutions of what the node reads, itself the first; none if it is none or they gain nothing.
    private Node[] SiblingsOf(Node node)
    {
        if (Plain(node) is not { Geometry.IsPointwise: true } first)
            return [];
        Node[] siblings = [.. _readers[node.Inputs[0]!].Where(reader => reader.Inputs[0] == node.Inputs[0]
            && Plain(reader) is { Geometry.IsPointwise: true } other
            && other.Activation == first.Activation)];
        int outputs = siblings.Sum(Channels);
        long lanes = siblings.Sum(sibling => Lanes(Channels(sibling))) - Lanes(outputs);
        return lanes * first.Geometry.InputChannels >= MultiplyAddsPerCopy * outputs ? siblings : [];
    }

    private long Lanes(int channels) => _kernel.PackedLength(0, channels);

    private List<Node> Merge(Node[] siblings)
    {
        List<Node> nodes = [Join(siblings, siblings[0].Inputs[0]!, 1)];
        while (FiltersBehind(siblings) is { } filters)
        {
            siblings = filters;
            nodes.Add(Join(siblings, nodes[^1].Outputs[0]!, siblings.Sum(Channels)));
        }

        nodes.Add(Cut(nodes[^1].Outputs[0]!, siblings));
        return nodes;
    }

    // The depthwise convolutions that alone read what the siblings make; null if one has none or they differ.
    private Node[]? FiltersBehind(Node[] siblings)
    {
        if (Array.Exists(siblings, sibling => !IsPrivate(sibling.Outputs[0]!)))
            return null;
        Node[] filters = [.. siblings.Select(sibling => _readers[sibling.Outputs[0]!].First())];
        bool areAlike = filters.All(filter => Plain(filter) is { } filtering
            && filtering.Activation == Plain(filters[0])?.Activation
            && filtering.Geometry.GroupInputs == 1 && filtering.Geometry.GroupOutputs == 1
            && filtering.Geometry.Axes.SequenceEqual(Plain(filters[0])!.Geometry.Axes));
        return areAlike ? filters : null;
    }

    private bool IsPrivate(Value value) => !_graph.Outputs.Contains(value) && _readers[value].Count() == 1;

    private Node Join(Node[] siblings, Value x, int groups)
    {
        Node first = siblings[0];
        Value output = new(string.Join(" + ", siblings.Select(node => node.Outputs[0]!.Name)))
        {
            Type = DataType.Float32,
            Shape = Widened(first.Outputs[0]!.Shape!, siblings.Sum(Channels)),
        };
        Value?[] inputs = [x, Weights(siblings, output), Bias(siblings, output)];
        NodeAttributes attributes = first.Attributes.With("group", (long)groups);
        Node joined = new(first.Name, first.OperatorName, first.Opset, inputs, [output], attributes);
        joined.Operator = ((Convolution)first.Operator!).WithChannels(joined, x.Shape![-1], output.Shape[-1]);
        foreach (Node sibling in siblings.Skip(1))
            _log.Add(new Rewrite(Name, sibling.Name, $"is computed by '{first.Name}', which reads the same"));
        _merged.UnionWith(siblings);
        return joined;
    }

    private static Shape Widened(Shape shape, int channels) =>
        new([.. shape.Dimensions[..^1], channels]);

    private static Value Weights(Node[] siblings, Value output)
    {
        Shape one = siblings[0].Inputs[1]!.Shape!;
        Tensor weights = new(DataType.Float32, new Shape([output.Shape![-1], .. one.Dimensions[1..]]));
        Span<float> rest = weights.AsSpan<float>();
        foreach (Node sibling in siblings)
        {
            ReadOnlySpan<float> own = sibling.Inputs[1]!.Constant!.AsSpan<float>();
            own.CopyTo(rest);
            rest = rest[own.Length..];
        }

        return Constants.Make(siblings[0].Inputs[1]!.Name, output, weights);
    }

    private static Value Bias(Node[] siblings, Value output)
    {
        Tensor bias = new(DataType.Float32, new Shape(output.Shape![-1]));
        Span<float> rest = bias.AsSpan<float>();
        foreach (Node sibling in siblings)
        {
            Constants.Floats(sibling, 2)?.CopyTo(rest);
            rest = rest[Channels(sibling)..];
        }

        return Constants.Make($"{siblings[0].Name}.bias", output, bias);
    }

    private static Node Cut(Value whole, Node[] siblings)
    {
        Value[] parts = [.. siblings.Select(sibling => sibling.Outputs[0]!)];
        long[] channels = [.. siblings.Select(sibling => (long)Channels(sibling))];
        Value sizes = Constants.Make("sizes", whole, channels);
        NodeAttributes attributes = siblings[0].Attributes;
        Node cut = new($"{siblings[0].Name} split", "Split", SplitOpset, [whole, sizes], parts,
            new NodeAttributes(attributes.ModelName, new Dictionary<string, object> { ["axis"] = -1L }));
        cut.Operator = OperatorTable.Create(cut);
        cut.Operator.Infer(new InferenceContext(cut));
        return cut;
    }
}
