using System.Text;

namespace EdgeConv.OnnxRuntime.Tests;

/// <summary>
/// Writes a model byte by byte, as field number, wire type and content (protobuf encoding).
/// </summary>
internal static class TinyModel
{
    /// <summary>x <c>[1,2,3]</c> → Neg → m → Neg → y, in operator set 13; the batch may be free.</summary>
    public static byte[] NegateTwice(bool freeBatch = false)
    {
        byte[] graph =
        [
            .. Node("x", "m"), .. Node("m", "y"), .. Text(2, "g"),
            .. Field(11, Info("x", freeBatch)), .. Field(12, Info("y", freeBatch)),
        ];
        return [.. Number(1, 7), .. Field(7, graph), .. Field(8, [.. Text(1, ""), .. Number(2, 13)])];
    }

    /// <summary>A note in the file's metadata; it may follow a whole model.</summary>
    public static byte[] Note(string key, string value) => Field(14, [.. Text(1, key), .. Text(2, value)]);

    private static byte[] Node(string input, string output) =>
        Field(1, [.. Text(1, input), .. Text(2, output), .. Text(4, "Neg")]);

    private static byte[] Info(string name, bool freeBatch)
    {
        byte[] shape = [.. freeBatch ? Field(1, Text(2, "N")) : Extent(1), .. Extent(2), .. Extent(3)];
        byte[] tensor = [.. Number(1, 1), .. Field(2, shape)];
        return [.. Text(1, name), .. Field(2, Field(1, tensor))];
    }

    private static byte[] Extent(int extent) => Field(1, Number(1, extent));

    private static byte[] Number(int field, int value) => [(byte)(field << 3), (byte)value];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) =>
        [(byte)((field << 3) | 2), (byte)content.Length, .. content];
}
