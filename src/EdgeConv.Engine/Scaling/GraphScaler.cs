using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Scaling;

/// <summary>
/// Makes of a base network's graph one of other depth, width and resolution, node by node, each with the shapes of
/// those before it.
/// </summary>
/// <remarks>
/// Channels: w times those of the base network, rounded; a block that expands keeps its ratio to what it reads,
/// squeeze-and-excitation its rule, the graph's last layers their outputs. Depth: each stage has ⌈d n⌉ blocks; more
/// are its last one again, with stride 1 and a residual if the network has any; fewer are its first ones.
/// </remarks>
internal sealed class GraphScaler
{
    private readonly ModelGraph _source;
    private readonly NetworkScale _scale;
    private readonly ScaledWeights _weights;
    private readonly Dictionary<Node, NetworkStage> _stages;
    private readonly HashSet<Node> _lastLayers;
    private readonly SqueezeRule _squeeze;
    private readonly bool _hasResiduals;
    private readonly Dictionary<Value, Value> _values = [];
    private readonly Dictionary<string, Value> _constants = new(StringComparer.Ordinal);
    private readonly ModelGraph _graph;

    /// <param name="source">The base network's graph.</param>
    /// <param name="stages">Its stages.</param>
    /// <param name="scale">The factors.</param>
    /// <param name="weights">Makes constants, and owns those that the base network does not have.</param>
    public GraphScaler(
        ModelGraph source, IReadOnlyList<NetworkStage> stages, NetworkScale scale, ScaledWeights weights)
    {
        SeparableBlock[] blocks = [.. stages.SelectMany(stage => stage.Blocks)];
        (_source, _scale, _weights) = (source, scale, weights);
        _stages = stages.ToDictionary(stage => stage.Blocks[0].Nodes[0]);
        _lastLayers = LastLayers(source);
        _squeeze = SqueezeRule.Of(blocks);
        _hasResiduals = blocks.Any(block => block.IsResidual);
        _graph = new ModelGraph
        {
            ModelName = source.ModelName,
            Nodes = [],
            Inputs = [Input()],
            Outputs = new Value[1],
            OutputNames = source.OutputNames,
        };
    }

    /// <summary>Makes the graph; once.</summary>
    /// <exception cref="ModelError">A layer's input is too small for it: names the node.</exception>
    public ModelGraph Scale()
    {
        for (int i = 0; i < _source.Nodes.Count;)
        {
            if (_stages.TryGetValue(_source.Nodes[i], out NetworkStage? stage))
            {
                AddStage(stage);
                i += stage.NodeCount;
            }
            else
            {
                Add(_source.Nodes[i++], null, "");
            }
        }

        _graph.Outputs[0] = _values[_source.Outputs[0]];
        return _graph;
    }

    private GraphInput Input()
    {
        Value was = _source.Inputs[0].Value, made = new(was.Name);
        int[] extents = was.Shape!.Dimensions.ToArray();
        for (int axis = 2; axis < extents.Length; axis++)
            extents[axis] = _scale.Extent(extents[axis]);
        (made.Type, made.Shape) = (was.Type, new Shape(extents));
        _values[was] = made;
        return new GraphInput(made, DataType.Float32, [.. extents.Select(extent => (long)extent)]);
    }

    private void AddStage(NetworkStage stage)
    {
        int count = _scale.Repeats(stage.Blocks.Count);
        for (int i = 0; i < count; i++)
        {
            bool isRepeat = i >= stage.Blocks.Count;
            SeparableBlock block = isRepeat ? stage.Repeated : stage.Blocks[i];
            if (isRepeat)
                _values[block.Input] = _values[block.Output];
            AddBlock(block, isRepeat ? $"_repeat{i}" : "");
        }

        if (count < stage.Blocks.Count)
            _values[stage.Repeated.Output] = _values[stage.Blocks[count - 1].Output];
    }

    private void AddBlock(SeparableBlock block, string suffix)
    {
        foreach (Node node in block.Nodes)
            Add(node, block, suffix);
        if (suffix.Length == 0 || block.IsResidual || !_hasResiduals)
            return;
        Value made = _values[block.Output];
        Value sum = new($"{made.Name}_sum");
        Add(new Node(
            $"{made.Name}_residual", "Add", block.Depthwise.Opset, [_values[block.Input], made], [sum], NoAttributes));
        _values[block.Output] = sum;
    }

    // A repeated node has constants of its own: their names tell them apart.
    private void Add(Node node, SeparableBlock? block, string suffix)
    {
        Value?[] inputs = [.. node.Inputs.Select(input => input is null ? null : _values.GetValueOrDefault(input))];
        Tensor?[] constants = _weights.For(node, ChannelsOf(FirstInput(node)), OutputChannels(node, block));
        string name = node.Name + suffix;
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] ??= constants[i] is { } constant ? Constant(node.Inputs[i]!.Name + suffix, constant, name) : null;
        Value?[] outputs = [.. node.Outputs.Select(output => output is null ? null : new Value(output.Name + suffix))];
        Add(ScalableGraph.IsFlattening(node)
            ? new Node(name, "Flatten", node.Opset, inputs[..1], outputs, NoAttributes)
            : new Node(name, node.OperatorName, node.Opset, inputs, outputs, Attributes(node, suffix)));
        foreach ((Value? was, Value? made) in node.Outputs.Zip(outputs))
        {
            if (was is not null)
                _values[was] = made!;
        }
    }

    private void Add(Node node)
    {
        _graph.Nodes.Add(node);
        NodeInference.Infer(_graph, node, OperatorTable.Create);
    }

    // Nodes may share a constant, as long as they want it in the same shape.
    private Value Constant(string name, Tensor tensor, string reader)
    {
        if (_constants.TryGetValue(name, out Value? known) && known.Shape!.Equals(tensor.Shape))
            return known;
        name = known is null ? name : $"{name}_of_{reader}";
        Value made = new(name) { Constant = tensor, Type = tensor.Type, Shape = tensor.Shape };
        _constants.Add(name, made);
        return made;
    }

    private int OutputChannels(Node node, SeparableBlock? block)
    {
        int was = node.Outputs[0]!.Shape![1], input = ChannelsOf(FirstInput(node));
        if (node.Operator is Convolution { Geometry: { IsDepthwise: true } geometry })
            return geometry.GroupOutputs * input;
        if (node.OperatorName is not ("Conv" or "Gemm" or "MatMul"))
            return input;
        if (_lastLayers.Contains(node))
            return was;
        if (node == block?.Expand)
            return Expanded(was, node.Inputs[0]!.Shape![1], input);
        if (node == block?.Squeeze)
            return _squeeze.Channels(block!, ChannelsOf(block!.Input), ChannelsOf(block.Depthwise.Outputs[0]!));
        return node == block?.Excite ? ChannelsOf(block!.Depthwise.Outputs[0]!) : _scale.Channels(was);
    }

    private static int Expanded(int was, int inputWas, int input) => (long)was * input % inputWas == 0
        ? (int)((long)was * input / inputWas)
        : NetworkScale.MultipleOfEight((double)was * input / inputWas);

    private static Value FirstInput(Node node) => Array.Find(node.Inputs, input => input is { IsConstant: false })!;

    private int ChannelsOf(Value value) => _values[value].Shape![1];

    private NodeAttributes NoAttributes => new(_source.ModelName, new Dictionary<string, object>());

    private NodeAttributes Attributes(Node node, string suffix)
    {
        NodeAttributes attributes = node.Attributes;
        if (ScalableGraph.PoolsAll(node))
            return attributes.With("kernel_shape", ExtentsOf(_values[node.Inputs[0]!]));
        if (node.Operator is not Convolution { Geometry: { IsDepthwise: true } geometry })
            return attributes;
        attributes = attributes.With("group", (long)ChannelsOf(node.Inputs[0]!));
        return suffix.Length == 0 ? attributes : KeepingSize(attributes, geometry.Axes);
    }

    private static long[] ExtentsOf(Value value)
    {
        long[] extents = new long[value.Shape!.Rank - 2];
        for (int i = 0; i < extents.Length; i++)
            extents[i] = value.Shape[i + 2];
        return extents;
    }

    private static NodeAttributes KeepingSize(NodeAttributes attributes, IReadOnlyList<SpatialAxis> axes)
    {
        long[] before = [.. axes.Select(axis => (long)(axis.Reach - 1) / 2)];
        long[] behind = [.. axes.Select((axis, i) => axis.Reach - 1 - before[i])];
        return attributes.With("auto_pad", "NOTSET").With("strides", axes.Select(_ => 1L).ToArray())
            .With("pads", (long[])[.. before, .. behind]);
    }

    private static HashSet<Node> LastLayers(ModelGraph graph)
    {
        HashSet<Node> last = [];
        Stack<Node?> pending = new(graph.Outputs.Select(output => output.Producer));
        while (pending.TryPop(out Node? node))
        {
            if (node is null)
                continue;
            if (node.OperatorName is "Conv" or "Gemm" or "MatMul")
                last.Add(node);
            else
                node.Inputs.OfType<Value>().ToList().ForEach(input => pending.Push(input.Producer));
        }

        return last;
    }
}
