using System.Text;

namespace EdgeConv.EndToEnd;

/// <summary>Models of one node as the bytes of a file, field numbers of onnx.proto.</summary>
internal static class OnnxBytes
{
    private const byte Float = 1;

    /// <summary>
    /// One Relu from <c>x</c> to <c>y</c>; an extent of 0 is left free and has a name of its own.
    /// </summary>
    public static byte[] Relu(params byte[] extents) =>
        Model([.. Field(1, "x"u8), .. Field(2, "y"u8), .. Field(4, "Relu"u8)], extents, ("x", extents));

    /// <summary>A picture's negative: <c>white</c> [1,3,1,1] less <c>x</c> [1,3,H,W].</summary>
    public static byte[] Negative(byte height, byte width)
    {
        byte[] node = [.. Field(1, "white"u8), .. Field(1, "x"u8), .. Field(2, "y"u8), .. Field(4, "Sub"u8)];
        byte[] picture = [1, 3, height, width];
        return Model(node, picture, ("white", [1, 3, 1, 1]), ("x", picture));
    }

    private static byte[] Model(byte[] node, byte[] output, params (string Name, byte[] Extents)[] inputs)
    {
        byte[] graph =
        [
            .. Field(1, node), .. Field(2, "g"u8),
            .. inputs.SelectMany(input => Field(11, ValueInfo(input.Name, input.Extents))),
            .. Field(12, ValueInfo("y", output)),
        ];
        byte[] opset = [2 << 3, 13];
        return [1 << 3, 7, .. Field(7, graph), .. Field(8, opset)];
    }

    private static byte[] ValueInfo(string name, byte[] extents)
    {
        byte[] shape = [.. extents.SelectMany((extent, axis) => Field(1, Extent(extent, axis)))];
        byte[] type = Field(1, [1 << 3, Float, .. Field(2, shape)]);
        return [.. Field(1, Encoding.UTF8.GetBytes(name)), .. Field(2, type)];
    }

    private static byte[] Extent(byte extent, int axis) =>
        extent == 0 ? Field(2, Encoding.UTF8.GetBytes($"free{axis}")) : [1 << 3, extent];

    private static byte[] Field(int number, ReadOnlySpan<byte> content)
    {
        byte[] length = content.Length < 128
            ? [(byte)content.Length]
            : [(byte)(content.Length | 128), checked((byte)(content.Length >> 7))];
        return [(byte)((number << 3) | 2), .. length, .. content];
    }
}
