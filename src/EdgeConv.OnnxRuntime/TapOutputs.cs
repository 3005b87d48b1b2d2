using System.Text;

namespace EdgeConv.OnnxRuntime;

/// <summary>
/// Makes inner values of a serialized model graph outputs by appending a second, partial message. Protobuf
/// parses concatenated messages as their merge: the <c>graph</c> fields are joined and its repeated
/// <c>output</c> field grows.
/// </summary>
/// <remarks>
/// <c>ModelProto.graph = 7</c>, <c>GraphProto.output = 12</c>, <c>ValueInfoProto.name = 1, type = 2</c>,
/// <c>TypeProto.tensor_type = 1</c>, <c>Tensor.elem_type = 1</c> (onnx.proto).
/// </remarks>
internal static class TapOutputs
{
    private const int LengthDelimited = 2;

    // elem_type (field 1, varint) = FLOAT (1)
    private static readonly byte[] FloatTensor = [1 << 3, 1];

    /// <summary>The model with <paramref name="names"/> as further outputs of type float.</summary>
    public static byte[] Append(byte[] model, IEnumerable<string> names)
    {
        byte[] type = Field(1, FloatTensor);
        byte[] outputs = [.. names.SelectMany(name =>
            Field(12, [.. Field(1, Encoding.UTF8.GetBytes(name)), .. Field(2, type)]))];
        return [.. model, .. Field(7, outputs)];
    }

    private static byte[] Field(int number, byte[] content)
    {
        List<byte> bytes = [(byte)((number << 3) | LengthDelimited)];
        uint length = (uint)content.Length;
        for (; length >= 0x80; length >>= 7)
            bytes.Add((byte)(length | 0x80));
        bytes.Add((byte)length);
        bytes.AddRange(content);
        return [.. bytes];
    }
}
