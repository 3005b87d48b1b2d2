using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Reads and makes constant values.</summary>
internal static class Constants
{
    /// <summary>A new constant; its name says what it was made of and which output it serves.</summary>
    public static Value Make(string name, Value output, Tensor tensor) => new($"{name}@{output.Name}")
    {
        Constant = tensor,
        Type = tensor.Type,
        Shape = tensor.Shape,
    };

    /// <summary>A new constant number.</summary>
    public static Value Make(string name, Value output, float number)
    {
        Tensor tensor = new(DataType.Float32, new Shape([]));
        tensor.AsSpan<float>()[0] = number;
        return Make(name, output, tensor);
    }

    /// <summary>A new constant list of integers.</summary>
    public static Value Make(string name, Value output, ReadOnlySpan<long> integers)
    {
        Tensor tensor = new(DataType.Int64, new Shape(integers.Length));
        integers.CopyTo(tensor.AsSpan<long>());
        return Make(name, output, tensor);
    }

    /// <summary>
    /// The float32 elements of an input; null when it is left out, not constant or of another type.
    /// </summary>
    public static float[]? Floats(Node node, int index) =>
        Of(node, index) is { Type: DataType.Float32 } tensor ? tensor.AsSpan<float>().ToArray() : null;

    /// <summary>
    /// The integers of an input; null when it is left out, not constant or of another type.
    /// </summary>
    public static long[]? Integers(Node node, int index) => Of(node, index) switch
    {
        { Type: DataType.Int64 } tensor => tensor.AsSpan<long>().ToArray(),
        { Type: DataType.Int32 } tensor => [.. tensor.AsSpan<int>().ToArray().Select(value => (long)value)],
        _ => null,
    };

    /// <summary>
    /// The one float32 number that a constant holds; null when the value is something else.
    /// </summary>
    public static float? ScalarOf(Value? value) =>
        value?.Constant is { Type: DataType.Float32, Length: 1 } tensor ? tensor.AsSpan<float>()[0] : null;

    private static Tensor? Of(Node node, int index) =>
        index < node.Inputs.Length ? node.Inputs[index]?.Constant : null;
}
