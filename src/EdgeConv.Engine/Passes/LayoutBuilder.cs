using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Builds the nodes of a graph anew, in order, and knows of each value in which order of axes it is there:
/// as in the model (planar, <c>[N,C,...]</c>), with channels last (<c>[N,...,C]</c>), or both. The form that
/// is missing is made by a Transpose when somebody asks for it.
/// </summary>
internal sealed class LayoutBuilder
{
    private const int TransposeOpset = 13;
    private const string NameSuffix = " channels last";

    private readonly ModelGraph _graph;
    private readonly List<Node> _nodes = [];
    private readonly HashSet<Value> _planar = [];
    private readonly Dictionary<Value, Value> _last = [];
    private readonly Dictionary<Value, Value> _sameAs = [];

    /// <summary>Starts with the inputs of the graph.</summary>
    public LayoutBuilder(ModelGraph graph)
    {
        _graph = graph;
        foreach (GraphInput input in graph.Inputs)
            _planar.Add(input.Value);
    }

    /// <summary>Axis i with channels last is axis ToLast(rank)[i] of the planar form.</summary>
    public static int[] ToLast(int rank) => [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>Axis i of the planar form is axis ToPlanar(rank)[i] with channels last.</summary>
    public static int[] ToPlanar(int rank) => [0, rank - 1, .. Enumerable.Range(1, rank - 2)];

    /// <summary>The name in the model of a value in either order.</summary>
    public static string PlanarName(Value value) => value.Name.EndsWith(NameSuffix, StringComparison.Ordinal)
        ? value.Name[..^NameSuffix.Length]
        : value.Name;

    /// <summary>Whether the value is there with channels last.</summary>
    public bool HasLast(Value? value) => value is not null && _last.ContainsKey(Resolve(value));

    /// <summary>The node of the model that makes a value; null for an input.</summary>
    public Node? MakerOf(Value value) => _graph.Nodes.Find(node => node.Outputs.Contains(value));

    /// <summary>The nodes of the model that read a value.</summary>
    public IEnumerable<Node> ReadersOf(Value value) =>
        _graph.Nodes.Where(node => node.Inputs.Contains(value));

    /// <summary>Whether the value is an output of the model.</summary>
    public bool IsOutput(Value value) => _graph.Outputs.Contains(value);

    /// <summary>The value with channels last.</summary>
    public Value Last(Value value)
    {
        value = Resolve(value);
        if (_last.TryGetValue(value, out Value? last))
            return last;
        if (value.Constant is { } constant)
            return MakeConstant(value, constant);
        if (OriginOf(value) is { } origin)
            return _last[value] = Known(origin);
        return _last[value] = Transpose(value, new Value(NameOf(value)), ToLast(value.Shape!.Rank));
    }

    /// <summary>Whether the value is to be had with channels last without a Transpose.</summary>
    public bool IsNearLast(Value value) =>
        HasLast(value) || Resolve(value).IsConstant || OriginOf(Resolve(value)) is not null;

    /// <summary>The value in the order of the model.</summary>
    public Value Planar(Value value)
    {
        value = Resolve(value);
        if (!value.IsConstant && !_planar.Contains(value))
        {
            if (!_last.TryGetValue(value, out Value? last))
                throw new InvalidOperationException($"{value} is made after it is read");
            Reorder(last, value, ToPlanar(value.Shape!.Rank));
        }

        return value;
    }

    /// <summary>A value that a node makes with channels last in place of the planar one.</summary>
    public Value Define(Value planar)
    {
        int[] order = ToLast(planar.Shape!.Rank);
        Value last = new(NameOf(planar))
        {
            Type = planar.Type,
            Shape = new Shape([.. order.Select(axis => planar.Shape[axis])]),
        };
        return _last[planar] = last;
    }

    /// <summary>Says that a value is the very same as another one that is there.</summary>
    public void Alias(Value value, Value other)
    {
        _sameAs[value] = other;
        _planar.Add(other);
    }

    /// <summary>Adds a node whose values have types and shapes.</summary>
    public void Add(Node node) => _nodes.Add(node);

    /// <summary>Makes the operator of a node, infers its one output and adds it.</summary>
    public void Add(Node node, Value output)
    {
        Operator operation = node.Operator = OperatorTable.Create(node);
        TensorType type = operation.Infer(new InferenceContext(node))[0];
        (output.Type, output.Shape) = (type.Type, type.Shape);
        _nodes.Add(node);
    }

    /// <summary>Adds a node as it is, with planar inputs and outputs.</summary>
    public void Keep(Node node)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Inputs[i] is { } input)
                node.Inputs[i] = Planar(input);
        }

        AddPlanar(node);
    }

    /// <summary>Adds a node whose outputs are planar and whose inputs are as it wants them.</summary>
    public void AddPlanar(Node node)
    {
        _nodes.Add(node);
        _planar.UnionWith(node.Outputs.OfType<Value>());
    }

    /// <summary>Adds a node that makes <paramref name="output"/>, in its own order, of a value.</summary>
    public void Reorder(Value value, Value output, ReadOnlySpan<int> order)
    {
        Transpose(value, output, order);
        _planar.Add(output);
    }

    /// <summary>Adds a node that makes <paramref name="output"/> of a value by permuting its axes.</summary>
    public Value Transpose(Value value, Value output, ReadOnlySpan<int> order)
    {
        long[] permutation = [.. order.ToArray().Select(axis => (long)axis)];
        NodeAttributes attributes = new(
            _graph.ModelName, new Dictionary<string, object> { ["perm"] = permutation });
        Node node = new(
            $"transpose to {output.Name}", "Transpose", TransposeOpset, [value], [output], attributes);
        Add(node, output);
        return output;
    }

    /// <summary>Writes the nodes and the outputs, which are planar, to the graph.</summary>
    public void Commit()
    {
        for (int i = 0; i < _graph.Outputs.Length; i++)
            _graph.Outputs[i] = Planar(_graph.Outputs[i]);
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(WithoutUnused());
    }

    /// <summary>Whether the numbers are 0, 1, 2 and so on.</summary>
    public static bool IsIdentity(IEnumerable<int> order) =>
        order.Select((axis, i) => axis == i).All(same => same);

    // A permutation of the model may have lost its readers.
    private List<Node> WithoutUnused()
    {
        HashSet<Value> used = [.. _graph.Outputs];
        List<Node> kept = [];
        foreach (Node node in Enumerable.Reverse(_nodes))
        {
            if (!node.Outputs.Any(output => output is not null && used.Contains(output)))
                continue;
            used.UnionWith(node.Inputs.OfType<Value>());
            kept.Add(node);
        }

        kept.Reverse();
        return kept;
    }

    // What a Transpose of the model makes a planar value of, if that has channels last.
    private Value? OriginOf(Value value)
    {
        if (value.Producer is not { OperatorName: "Transpose" } producer || !_planar.Contains(value))
            return null;
        int[] order = ToLast(value.Shape!.Rank);
        long[] inner = TransposeOrder.Of(producer, order.Length);
        return IsIdentity(order.Select(axis => (int)inner[axis])) ? producer.Inputs[0] : null;
    }

    // What a Transpose of the builder's own reads is no value of the model.
    private Value Known(Value value) =>
        _planar.Contains(Resolve(value)) || _last.ContainsKey(Resolve(value)) ? Planar(value) : value;

    private static string NameOf(Value value) => value.Name + NameSuffix;

    private Value Resolve(Value value) => _sameAs.GetValueOrDefault(value, value);

    private Value MakeConstant(Value value, Tensor constant)
    {
        int[] order = ToLast(constant.Shape.Rank);
        return _last[value] = new Value(NameOf(value))
        {
            Type = value.Type,
            Shape = new Shape([.. order.Select(axis => constant.Shape[axis])]),
            Constant = Permute(constant, order),
        };
    }

    private static unsafe Tensor Permute(Tensor tensor, int[] order)
    {
        long[] strides = Strides.Of(tensor.Shape);
        int[] extents = [.. order.Select(axis => tensor.Shape[axis])];
        Tensor permuted = new(tensor.Type, new Shape(extents));
        StridedCopy.ToDense(extents, [.. order.Select(axis => strides[axis])])
            .Run(tensor.Data, permuted.Data, DataTypes.SizeOf(tensor.Type));
        return permuted;
    }
}
