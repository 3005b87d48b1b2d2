using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx.Format;

namespace EdgeConv.Engine.Onnx;

/// <summary>
/// Turns a <see cref="GraphProto"/> into a <see cref="ModelGraph"/>: every name becomes one value.
/// </summary>
internal sealed class GraphReader(ModelMessage message, string modelName, int opset)
{
    private readonly GraphProto _proto = message.Model.Graph;
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);

    /// <summary>Reads the graph.</summary>
    /// <exception cref="ModelError">It is inconsistent, or uses what we do not run.</exception>
    public ModelGraph Read()
    {
        if (_proto.Output.Count == 0)
            throw new ModelError(modelName, "the graph has no outputs");
        ReadInitializers();
        List<GraphInput> inputs = ReadInputs();
        List<Node> nodes = ReadNodes();
        return new ModelGraph
        {
            ModelName = modelName,
            Nodes = NodeOrder.Sort(nodes),
            Inputs = inputs,
            Outputs = ReadOutputs(),
            OutputNames = [.. _proto.Output.Select(output => output.Name)],
        };
    }

    private void ReadInitializers()
    {
        foreach ((TensorProto tensor, RawData? data) in message.Initializers)
        {
            string place = $"{modelName}: initializer '{tensor.Name}'";
            Value value = Declare(tensor.Name, place);
            SetConstant(value, TensorReader.Read(tensor, data, place));
        }
    }

    // Before IR version 4 every initializer is listed as an input too: those are constants all the same.
    private List<GraphInput> ReadInputs()
    {
        List<GraphInput> inputs = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ValueInfoProto info in _proto.Input)
        {
            string place = $"{modelName}: input '{info.Name}'";
            if (!names.Add(info.Name))
                throw new ModelError(place, "is listed twice");
            if (!_values.ContainsKey(info.Name))
                inputs.Add(ReadInput(info, place));
        }

        return inputs;
    }

    private GraphInput ReadInput(ValueInfoProto info, string place)
    {
        TypeProto.Types.Tensor tensor = info.Type?.TensorType
            ?? throw ModelError.Unsupported(place, "is no tensor");
        DataType type = ElementTypes.Find(tensor.ElemType, place);
        long[]? dimensions = tensor.Shape?.Dim
            .Select(dimension => dimension.HasDimValue ? Math.Max(-1, dimension.DimValue) : -1)
            .ToArray();
        if (dimensions?.Length > Shape.MaximumRank)
            throw ModelError.Unsupported(
                place, $"{dimensions.Length} dimensions, at most {Shape.MaximumRank} are supported");
        return new GraphInput(Declare(info.Name, place), type, dimensions);
    }

    private List<Node> ReadNodes()
    {
        List<NodeProto> kept = [];
        foreach (NodeProto node in _proto.Node)
        {
            if (!ReadConstantNode(node))
                kept.Add(node);
        }

        // Outputs come first, since nodes need not stand in order.
        foreach (NodeProto node in _proto.Node)
            _nodeNames.Add(node.Name);
        List<Value?[]> outputs = [.. kept.Select(DeclareOutputs)];
        HashSet<string> taken = new(StringComparer.Ordinal);
        List<Node> nodes = new(kept.Count);
        for (int i = 0; i < kept.Count; i++)
            nodes.Add(ReadNode(kept[i], UniqueName(kept[i], i, taken), outputs[i]));
        return nodes;
    }

    private Node ReadNode(NodeProto node, string name, Value?[] outputs)
    {
        string place = PlaceOf(node, name);
        CheckDomain(node, place);
        Value?[] inputs = new Value?[node.Input.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (node.Input[i].Length > 0 && !_values.TryGetValue(node.Input[i], out inputs[i]))
            {
                throw new ModelError(
                    place, $"input {i} '{node.Input[i]}' is no graph input, initializer or output of a node");
            }
        }

        NodeAttributes attributes = AttributeReader.Read(node.Attribute, modelName, place);
        return new Node(name, node.OpType, opset, inputs, outputs, attributes);
    }

    private bool ReadConstantNode(NodeProto node)
    {
        if (node.OpType != "Constant" || !OnnxReader.IsOwnDomain(node.Domain))
            return false;
        string place = PlaceOf(node, node.Name);
        NodeAttributes attributes = AttributeReader.Read(node.Attribute, modelName, place);
        if (node.Input.Count > 0 || node.Output.Count != 1)
            throw new ModelError(place, "must have no inputs and one output");
        SetConstant(Declare(node.Output[0], place), ConstantNode.Read(attributes, place));
        return true;
    }

    private Value?[] DeclareOutputs(NodeProto node)
    {
        string place = PlaceOf(node, node.Name);
        Value?[] outputs = new Value?[node.Output.Count];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = node.Output[i].Length > 0 ? Declare(node.Output[i], place) : null;
        return outputs;
    }

    private Value[] ReadOutputs()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        Value[] outputs = new Value[_proto.Output.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            string name = _proto.Output[i].Name;
            string place = $"{modelName}: output '{name}'";
            if (!names.Add(name))
                throw new ModelError(place, "is listed twice");
            outputs[i] = _values.GetValueOrDefault(name)
                ?? throw new ModelError(place, "no node produces it");
        }

        return outputs;
    }

    private Value Declare(string name, string place)
    {
        if (name.Length == 0)
            throw new ModelError(place, "a value without a name");
        Value value = new(name);
        if (!_values.TryAdd(name, value))
            throw new ModelError(place, $"'{name}' is defined twice");
        return value;
    }

    private static void SetConstant(Value value, Tensor tensor)
    {
        value.Constant = tensor;
        value.Type = tensor.Type;
        value.Shape = tensor.Shape;
    }

    private static void CheckDomain(NodeProto node, string place)
    {
        if (!OnnxReader.IsOwnDomain(node.Domain))
            throw ModelError.Unsupported(place, $"operators of domain '{node.Domain}' are not supported");
        if (node.Overload.Length > 0)
            throw ModelError.Unsupported(place, "calls a function; inline functions when exporting");
    }

    private string PlaceOf(NodeProto node, string name) => $"{modelName}: node '{name}' ({node.OpType})";

    // Names may be missing or repeated; ours are Conv_12, counted by position, and never one the file uses.
    private string UniqueName(NodeProto node, int index, HashSet<string> taken)
    {
        if (node.Name.Length > 0 && taken.Add(node.Name))
            return node.Name;
        string name = $"{node.OpType}_{index}";
        while (_nodeNames.Contains(name) || !taken.Add(name))
            name += "_";
        return name;
    }
}
