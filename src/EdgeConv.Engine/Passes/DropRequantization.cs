using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Drops DequantizeLinear and QuantizeLinear of the same scale and zero point in a row: n · s / s rounds
/// to n.
/// </summary>
internal sealed class DropRequantization : IPass
{
    private const float GreatestScale = 1e30f;

    public string Name => "drop requantisation";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "QuantizeLinear"
            || node.Inputs[0]?.Producer is not { OperatorName: "DequantizeLinear" } inner
            || node.Attributes.Values.Count > 0 || inner.Attributes.Values.Count > 0
            || !IsSame(node, inner, 1) || !IsSame(node, inner, 2))
        {
            return null;
        }

        Value source = inner.Inputs[0]!;
        return rewriter.TryBypass(node, source)
            ? $"QuantizeLinear dropped, it gives '{source.Name}' back"
            : null;
    }

    private static bool IsSame(Node a, Node b, int input)
    {
        Value? first = a.Inputs.ElementAtOrDefault(input);
        Value? second = b.Inputs.ElementAtOrDefault(input);
        if (first is null && second is null)
            return true;
        return first?.Constant is { } x && second?.Constant is { } y && x.Type == y.Type
            && x.Shape.Equals(y.Shape) && x.AsBytes().SequenceEqual(y.AsBytes()) && IsUsual(x);
    }

    // With a scale so large that n · s is infinite, n does not come back.
    private static bool IsUsual(Tensor tensor) => tensor.Type != DataType.Float32
        || tensor.AsSpan<float>().ToArray().All(s => float.IsNormal(s) && Math.Abs(s) < GreatestScale);
}
