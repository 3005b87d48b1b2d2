using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Takes Mul, Add, Sub or Div by one constant a channel into the Conv before it.</summary>
internal sealed class FoldArithmetic : IPass
{
    public string Name => "fold arithmetic";

    public string? TryRewrite(Node node, GraphEditor editor)
    {
        if (node.OperatorName is not ("Mul" or "Add" or "Sub" or "Div") || node.Inputs.Length != 2)
            return null;
        int constant = node.Inputs[1]?.IsConstant == true ? 1 : 0;
        Value? input = node.Inputs[1 - constant];
        if (editor.PrivateProducer(input, "Conv") is not { } conv
            || MapOf(node, constant, input!) is not { } map)
            return null;
        if (map.TryApply(conv, node.Outputs[0]!) is not { } merged)
            return null;
        editor.Merge(conv, node, merged);
        return $"took in {node.OperatorName} '{node.Name}'";
    }

    private static ChannelMap? MapOf(Node node, int constant, Value input)
    {
        if (!input.Shape!.Equals(node.Outputs[0]!.Shape)
            || PerChannel(node, constant, input.Shape) is not { } k)
            return null;
        double[] ones = [.. k.Select(_ => 1.0)];
        double[] zeros = new double[k.Length];
        return (node.OperatorName, constant) switch
        {
            ("Mul", _) => new ChannelMap(k, zeros),
            ("Add", _) => new ChannelMap(ones, k),
            ("Sub", 1) => new ChannelMap(ones, [.. k.Select(c => -c)]),
            ("Sub", 0) => new ChannelMap([.. k.Select(_ => -1.0)], k),
            ("Div", 1) => new ChannelMap([.. k.Select(c => 1 / c)], zeros),
            _ => null,
        };
    }

    // The constant spread over the channels of [N,C,...]: it may vary along axis 1 only. Below opset 7 the
    // attributes axis and broadcast say how it is laid out.
    private static double[]? PerChannel(Node node, int constant, Shape shape)
    {
        if (node.Opset < 7 || shape.Rank < 2 || Constants.Floats(node, constant) is not { } values)
            return null;
        Shape own = node.Inputs[constant]!.Shape!;
        int channels = shape[1];
        int axis = own.Rank - shape.Rank + 1;
        bool isPerChannel = axis >= 0 && own[axis] == channels && values.Length == channels;
        if (!isPerChannel && values.Length != 1)
            return null;
        return [.. Enumerable.Range(0, channels).Select(c => (double)values[isPerChannel ? c : 0])];
    }
}
