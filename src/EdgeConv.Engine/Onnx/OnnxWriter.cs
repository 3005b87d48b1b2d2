using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;

namespace EdgeConv.Engine.Onnx;

/// <summary>Writes graphs as ONNX files.</summary>
internal static class OnnxWriter
{
    private const int FloatKind = 1;
    private const int IntKind = 2;
    private const int TextKind = 3;
    private const int TensorKind = 4;
    private const int FloatsKind = 6;
    private const int IntsKind = 7;
    private const int TextsKind = 8;

    // The first that operator set 21 may be written in; older sets may be written in newer ones.
    private const int IrVersion = 10;

    /// <summary>The file of a graph whose nodes are all ONNX's own and whose shapes are known.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="opset">Version of the operator set that it is written in.</param>
    /// <param name="metadata">Notes to leave in the file, by key.</param>
    public static byte[] Write(ModelGraph graph, int opset, IReadOnlyDictionary<string, string> metadata)
    {
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "edgeconv", Graph = Describe(graph) };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        foreach ((string key, string value) in metadata)
        {
            model.MetadataProps.Add(new StringStringEntryProto
            {
                Key = ByteString.CopyFromUtf8(key),
                Value = ByteString.CopyFromUtf8(value),
            });
        }

        return model.ToByteArray();
    }

    private static GraphProto Describe(ModelGraph graph)
    {
        GraphProto proto = new() { Name = "graph" };
        proto.Node.AddRange(graph.Nodes.Select(Describe));
        proto.Initializer.AddRange(graph.Nodes.SelectMany(node => node.Inputs).OfType<Value>()
            .Where(value => value.IsConstant).Distinct().Select(value => Describe(value.Constant!, value.Name)));
        proto.Input.AddRange(graph.Inputs.Select(input => Describe(input.Value)));
        proto.Output.AddRange(graph.Outputs.Select(Describe));
        return proto;
    }

    private static NodeProto Describe(Node node)
    {
        NodeProto proto = new() { Name = node.Name, OpType = node.OperatorName };
        proto.Input.AddRange(node.Inputs.Select(value => value?.Name ?? ""));
        proto.Output.AddRange(node.Outputs.Select(value => value?.Name ?? ""));
        proto.Attribute.AddRange(node.Attributes.Values.Select(pair => Describe(pair.Key, pair.Value)));
        return proto;
    }

    private static AttributeProto Describe(string name, object value)
    {
        AttributeProto proto = new() { Name = name };
        switch (value)
        {
            case float number:
                (proto.Type, proto.F) = (FloatKind, number);
                break;
            case long number:
                (proto.Type, proto.I) = (IntKind, number);
                break;
            case string text:
                (proto.Type, proto.S) = (TextKind, ByteString.CopyFromUtf8(text));
                break;
            case Tensor tensor:
                (proto.Type, proto.T) = (TensorKind, Describe(tensor, ""));
                break;
            case float[] numbers:
                proto.Type = FloatsKind;
                proto.Floats.AddRange(numbers);
                break;
            case long[] numbers:
                proto.Type = IntsKind;
                proto.Ints.AddRange(numbers);
                break;
            case string[] texts:
                proto.Type = TextsKind;
                proto.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
            default:
                throw new ArgumentException($"attribute '{name}' is a {value.GetType().Name}", nameof(value));
        }

        return proto;
    }

    // Elements lie in memory as they do in files: every processor that we run on is little-endian.
    private static TensorProto Describe(Tensor tensor, string name)
    {
        TensorProto proto = new()
        {
            Name = name,
            DataType = ElementTypes.CodeOf(tensor.Type),
            RawData = ByteString.CopyFrom(tensor.AsBytes()),
        };
        foreach (int extent in tensor.Shape.Dimensions)
            proto.Dims.Add(extent);
        return proto;
    }

    private static ValueInfoProto Describe(Value value)
    {
        TensorShapeProto shape = new();
        foreach (int extent in value.Shape!.Dimensions)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = extent });
        TypeProto.Types.Tensor tensor = new() { ElemType = ElementTypes.CodeOf(value.Type!.Value), Shape = shape };
        return new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = tensor } };
    }
}
