using System.Text;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;

namespace EdgeConv.Engine.Onnx;

/// <summary>Turns a node's <see cref="AttributeProto"/> messages into <see cref="NodeAttributes"/>.</summary>
internal static class AttributeReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private enum Kind
    {
        Undefined, Float, Int, Text, Tensor, Graph, Floats, Ints, Texts, Tensors, Graphs,
        SparseTensor, SparseTensors, Type, Types,
    }

    /// <summary>Reads all attributes of the node at <paramref name="place"/>.</summary>
    /// <exception cref="ModelError">One is given twice, broken, or of a kind that we do not read.</exception>
    public static NodeAttributes Read(IReadOnlyList<AttributeProto> protos, string modelName, string place)
    {
        Dictionary<string, object> values = new(protos.Count, StringComparer.Ordinal);
        foreach (AttributeProto proto in protos)
        {
            if (!values.TryAdd(proto.Name, ReadValue(proto, place)))
                throw new ModelError(place, $"attribute '{proto.Name}' is given twice");
        }

        return new NodeAttributes(modelName, values);
    }

    private static object ReadValue(AttributeProto proto, string place)
    {
        if (proto.RefAttrName.Length > 0)
            throw ModelError.Unsupported(place, $"attribute '{proto.Name}' refers to a function's attribute");
        return KindOf(proto) switch
        {
            Kind.Float => proto.F,
            Kind.Int => proto.I,
            Kind.Text => Text(proto.S, proto, place),
            Kind.Floats => proto.Floats.ToArray(),
            Kind.Ints => proto.Ints.ToArray(),
            Kind.Texts => proto.Strings.Select(bytes => Text(bytes, proto, place)).ToArray(),
            Kind.Tensor => TensorReader.Read(
                proto.T ?? throw new ModelError(place, $"attribute '{proto.Name}' has no value"),
                $"{place} attribute '{proto.Name}'"),
            Kind.Graph or Kind.Graphs => throw ModelError.Unsupported(
                place, $"attribute '{proto.Name}' is a graph; control flow is not supported"),
            Kind.Undefined => throw new ModelError(place, $"attribute '{proto.Name}' has no value"),
            var kind when Enum.IsDefined(kind) => throw ModelError.Unsupported(
                place, $"attribute '{proto.Name}' is of a kind that is not supported ({kind})"),
            _ => throw new ModelError(place, $"attribute '{proto.Name}' is of a kind that does not exist"),
        };
    }

    // Kinds are numbered as in the format. Files of IR version 1 leave the kind out: then the field that is
    // filled tells.
    private static Kind KindOf(AttributeProto proto) => proto.Type switch
    {
        not 0 => (Kind)proto.Type,
        _ when proto.HasF => Kind.Float,
        _ when proto.HasI => Kind.Int,
        _ when proto.HasS => Kind.Text,
        _ when proto.T is not null => Kind.Tensor,
        _ when proto.G is not null => Kind.Graph,
        _ when proto.Floats.Count > 0 => Kind.Floats,
        _ when proto.Ints.Count > 0 => Kind.Ints,
        _ when proto.Strings.Count > 0 => Kind.Texts,
        _ => Kind.Undefined,
    };

    private static string Text(ByteString bytes, AttributeProto proto, string place)
    {
        try
        {
            return StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException error)
        {
            throw new ModelError(place, $"attribute '{proto.Name}' is no UTF-8 text", error);
        }
    }
}
