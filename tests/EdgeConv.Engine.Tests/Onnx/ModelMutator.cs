using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace EdgeConv.Engine.Tests.Onnx;

/// <summary>
/// Breaks the content of a model and leaves the file well-formed; the same seed breaks the same way.
/// </summary>
internal sealed class ModelMutator(int seed)
{
    private static readonly long[] Hostile =
    [
        0, 1, 2, 3, -1, -2, 7, 13, 255, 65536, 1L << 32,
        int.MaxValue, int.MinValue, long.MaxValue, long.MinValue,
    ];

    private static readonly float[] HostileNumbers =
        [0, 1, -1, .5f, 1e-40f, 1e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    private readonly Random _random = new(seed);

    /// <summary>A broken copy of the model in <paramref name="file"/>.</summary>
    public byte[] Mutate(byte[] file)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(file);
        for (int rounds = 1 + _random.Next(4); rounds > 0; rounds--)
            MutateOnce(model);
        return model.ToByteArray();
    }

    private void MutateOnce(ModelProto model)
    {
        GraphProto graph = model.Graph;
        switch (_random.Next(10))
        {
            case 0:
                model.OpsetImport[0].Version = _random.Next(1, 22);
                break;
            case 1 when Pick(graph.Initializer) is { } tensor:
                Break(tensor);
                break;
            case 2 when Pick(graph.Input)?.Type?.TensorType is { } type:
                Break(type);
                break;
            case 3 when Pick(graph.Node) is { } node && Pick(graph.Node) is { } other:
                node.OpType = other.OpType;
                break;
            case 4 when Pick(graph.Node) is { } node:
                Move(graph.Node, node);
                break;
            case 5 or 6 when Pick(graph.Node) is { } node:
                Rewire(node, graph);
                break;
            default:
                BreakAttribute(Pick(graph.Node), Pick(graph.Node));
                break;
        }
    }

    private void Break(TensorProto tensor)
    {
        switch (_random.Next(4))
        {
            case 0:
                tensor.DataType = _random.Next(17);
                break;
            case 1 when tensor.RawData.Length > 0:
                byte[] bytes = tensor.RawData.ToByteArray();
                bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
                tensor.RawData = ByteString.CopyFrom(bytes);
                break;
            case 2 when tensor.Int64Data.Count > 0:
                tensor.Int64Data[_random.Next(tensor.Int64Data.Count)] = HostileNumber();
                break;
            default:
                BreakList(tensor.Dims);
                break;
        }
    }

    private void Break(TypeProto.Types.Tensor type)
    {
        if (_random.Next(3) == 0)
            type.ElemType = _random.Next(17);
        else if (type.Shape is not null && Pick(type.Shape.Dim) is { } dimension)
            dimension.DimValue = HostileNumber();
        else
            type.Shape = null;
    }

    private void Move(RepeatedField<NodeProto> nodes, NodeProto node)
    {
        nodes.Remove(node);
        if (_random.Next(2) == 0)
            nodes.Insert(_random.Next(nodes.Count + 1), node);
    }

    private void Rewire(NodeProto node, GraphProto graph)
    {
        string name = _random.Next(4) switch
        {
            0 => "",
            1 => Pick(graph.Initializer)?.Name ?? "",
            2 => Pick(graph.Input)?.Name ?? "",
            _ => Pick(graph.Node)?.Output.FirstOrDefault() ?? "",
        };
        if (_random.Next(4) == 0 || node.Input.Count == 0)
            node.Input.Add(name);
        else if (_random.Next(8) == 0)
            node.Input.RemoveAt(_random.Next(node.Input.Count));
        else
            node.Input[_random.Next(node.Input.Count)] = name;
    }

    private void BreakAttribute(NodeProto? node, NodeProto? other)
    {
        if (node is null || other is null)
            return;
        if (Pick(node.Attribute) is not { } attribute)
            node.Attribute.Add(other.Attribute);
        else if (_random.Next(8) == 0)
            node.Attribute.Remove(attribute);
        else if (attribute.T is not null)
            Break(attribute.T);
        else if (attribute.HasI)
            attribute.I = HostileNumber();
        else if (attribute.HasF)
            attribute.F = HostileNumbers[_random.Next(HostileNumbers.Length)];
        else
            BreakList(attribute.Ints);
    }

    private void BreakList(RepeatedField<long> list)
    {
        int kind = _random.Next(4);
        if (kind == 0 || list.Count == 0)
            list.Add(HostileNumber());
        else if (kind == 1)
            list.RemoveAt(_random.Next(list.Count));
        else
            list[_random.Next(list.Count)] = HostileNumber();
    }

    private long HostileNumber() => Hostile[_random.Next(Hostile.Length)];

    private T? Pick<T>(RepeatedField<T> list) where T : class =>
        list.Count == 0 ? null : list[_random.Next(list.Count)];
}
