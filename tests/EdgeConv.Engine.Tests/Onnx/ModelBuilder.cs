using EdgeConv.Core;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

/// <summary>Writes small ONNX models for tests.</summary>
internal sealed class ModelBuilder
{
    public ModelBuilder(int opset = 13)
    {
        Model = new ModelProto { IrVersion = 8, ProducerName = "test", Graph = new GraphProto() };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    public ModelProto Model { get; }

    public GraphProto Graph => Model.Graph;

    /// <summary>A graph input; -1 is a free dimension.</summary>
    public ModelBuilder TypedInput(string name, int elementType, params long[] dimensions)
    {
        Graph.Input.Add(Info(name, elementType, dimensions));
        return this;
    }

    public ModelBuilder Input(string name, params long[] dimensions) => TypedInput(name, 1, dimensions);

    public ModelBuilder Output(string name)
    {
        Graph.Output.Add(new ValueInfoProto { Name = name });
        return this;
    }

    public ModelBuilder Constant(string name, params float[] values) =>
        Constant(name, [values.Length], values);

    public ModelBuilder Constant(string name, long[] dimensions, params float[] values)
    {
        TensorProto tensor = new() { Name = name, DataType = 1, RawData = Bytes(values) };
        tensor.Dims.AddRange(dimensions);
        Graph.Initializer.Add(tensor);
        return this;
    }

    public ModelBuilder Integers(string name, params long[] values)
    {
        TensorProto tensor = new() { Name = name, DataType = 7, Dims = { values.Length } };
        tensor.Int64Data.AddRange(values);
        Graph.Initializer.Add(tensor);
        return this;
    }

    public ModelBuilder Node(
        string operatorName, string inputs, string outputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { Name = $"{operatorName}@{outputs}", OpType = operatorName };
        node.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Name));
        node.Output.AddRange(outputs.Split(' ').Select(Name));
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return this;

        static string Name(string written) => written == "-" ? "" : written;
    }

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = 2, I = value };

    public static AttributeProto Number(string name, float value) =>
        new() { Name = name, Type = 1, F = value };

    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = 3, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = 7 };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public byte[] ToBytes() => Model.ToByteArray();

    public OnnxModel Read() => OnnxReader.Parse(ToBytes(), "m.onnx");

    /// <summary>The message of the error that reading ends in.</summary>
    public ModelError Refusal() => Assert.Throws<ModelError>(() => Read());

    public static ByteString Bytes<T>(ReadOnlySpan<T> values) where T : unmanaged =>
        ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));

    private static ByteString Bytes(float[] values) => Bytes<float>(values);

    private static ValueInfoProto Info(string name, int elementType, long[] dimensions)
    {
        TensorShapeProto shape = new();
        foreach (long extent in dimensions)
        {
            TensorShapeProto.Types.Dimension dimension = new();
            if (extent >= 0)
                dimension.DimValue = extent;
            else
                dimension.DimParam = "N";
            shape.Dim.Add(dimension);
        }

        TypeProto.Types.Tensor tensor = new() { ElemType = elementType, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
