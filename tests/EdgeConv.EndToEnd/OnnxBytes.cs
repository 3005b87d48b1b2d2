using System.Text;

namespace EdgeConv.EndToEnd;

/// <summary>
/// A model of one Relu from <c>x</c> to <c>y</c> as the bytes of a file, field numbers of onnx.proto.
/// </summary>
internal static class OnnxBytes
{
    private const byte Float = 1;

    /// <summary>The file; an extent of 0 is left free and has a name of its own.</summary>
    public static byte[] Relu(params byte[] extents)
    {
        byte[] node = [.. Field(1, "x"u8), .. Field(2, "y"u8), .. Field(4, "Relu"u8)];
        byte[] shape = [.. extents.SelectMany((extent, axis) => Field(1, Extent(extent, axis)))];
        byte[] type = Field(1, [1 << 3, Float, .. Field(2, shape)]);
        byte[] graph =
        [
            .. Field(1, node), .. Field(2, "g"u8),
            .. Field(11, [.. Field(1, "x"u8), .. Field(2, type)]),
            .. Field(12, [.. Field(1, "y"u8), .. Field(2, type)]),
        ];
        byte[] opset = [2 << 3, 13];
        return [1 << 3, 7, .. Field(7, graph), .. Field(8, opset)];
    }

    private static byte[] Extent(byte extent, int axis) =>
        extent == 0 ? Field(2, Encoding.UTF8.GetBytes($"free{axis}")) : [1 << 3, extent];

    // Every content here is shorter than 128 bytes, so that its length is one byte.
    private static byte[] Field(int number, ReadOnlySpan<byte> content) =>
        [(byte)((number << 3) | 2), checked((byte)content.Length), .. content];
}
