using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Onnx;

/// <summary>A <c>Constant</c> node's tensor; such nodes become constants while the file is read.</summary>
internal static class ConstantNode
{
    /// <summary>The tensor that the one attribute of a <c>Constant</c> node holds.</summary>
    /// <exception cref="ModelError">
    /// There is not exactly one attribute, or it holds no tensor of ours.
    /// </exception>
    public static Tensor Read(NodeAttributes attributes, string place)
    {
        if (attributes.Values.Count != 1)
            throw new ModelError(place, $"must have one attribute, it has {attributes.Values.Count}");
        (string name, object value) = attributes.Values.Single();
        return (name, value) switch
        {
            ("value", Tensor tensor) => tensor,
            ("value_float", float number) => Tensor.From(Shape.Scalar, number),
            ("value_floats", float[] numbers) => Tensor.From<float>(new Shape(numbers.Length), numbers),
            ("value_int", long number) => Tensor.From(Shape.Scalar, number),
            ("value_ints", long[] numbers) => Tensor.From<long>(new Shape(numbers.Length), numbers),
            _ => throw ModelError.Unsupported(place, $"attribute '{name}' is not supported"),
        };
    }
}
