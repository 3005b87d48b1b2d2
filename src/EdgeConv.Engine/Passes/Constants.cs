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

    /// <summary>
    /// The float32 elements of an input; null when it is left out, not constant or of another type.
    /// </summary>
    public static float[]? Floats(Node node, int index) =>
        node.Inputs.Length > index && node.Inputs[index]?.Constant is { Type: DataType.Float32 } tensor
            ? tensor.AsSpan<float>().ToArray()
            : null;
}
