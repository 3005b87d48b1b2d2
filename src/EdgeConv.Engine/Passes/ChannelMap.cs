using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>A map y = scale[c] x + offset[c] of each channel c of <c>[N,C,...]</c>.</summary>
internal readonly record struct ChannelMap(double[] Scale, double[] Offset)
{
    private const float DefaultEpsilon = 1e-5f;
    private const int FirstBroadcastingOpset = 7;
    private const int ChannelAxis = 1;

    /// <summary>
    /// Whether every number is finite as float32, so that no infinity is made that was not there.
    /// </summary>
    public bool IsFinite => Scale.Concat(Offset).All(number => float.IsFinite((float)number));

    /// <summary>Whether nothing is added.</summary>
    public bool IsScaleOnly => Offset.All(number => number == 0);

    /// <summary>Whether nothing is multiplied.</summary>
    public bool IsOffsetOnly => Scale.All(number => number == 1);

    /// <summary>
    /// The map that a node applies to its input <paramref name="input"/>: a BatchNormalization, or Mul, Add,
    /// Sub or Div with one constant a channel; null when it does something else.
    /// </summary>
    public static ChannelMap? Of(Node node, out Value? input) => Of(node, out input, ChannelAxis);

    /// <summary>As <see cref="Of(Node, out Value?)"/>, of values with channels at another axis.</summary>
    public static ChannelMap? Of(Node node, out Value? input, int channelAxis)
    {
        int constant = node.Inputs.Length == 2 && node.Inputs[1]?.IsConstant == true ? 1 : 0;
        input = node.OperatorName == "BatchNormalization"
            ? node.Inputs[0]
            : node.Inputs.ElementAtOrDefault(1 - constant);
        ChannelMap? map = node.OperatorName switch
        {
            "BatchNormalization" => channelAxis == ChannelAxis ? OfNormalization(node) : null,
            "Mul" or "Add" or "Sub" or "Div" when node.Inputs.Length == 2 => OfArithmetic(node, constant, channelAxis),
            _ => null,
        };
        return map is { IsFinite: true } ? map : null;
    }

    // Scale g/sqrt(var+eps), offset beta - mean g/sqrt(var+eps) (Ioffe and Szegedy 2015, section 3.1).
    private static ChannelMap? OfNormalization(Node node)
    {
        int channels = node.Inputs[0]!.Shape![1];
        float[]?[] tables = [.. Enumerable.Range(1, 4).Select(index => Constants.Floats(node, index))];
        if (tables.Any(table => table?.Length != channels) || IsTraining(node))
            return null;
        (float[] gamma, float[] beta, float[] mean, float[] variance) =
            (tables[0]!, tables[1]!, tables[2]!, tables[3]!);
        double epsilon = node.Attributes.GetFloat(node, "epsilon", DefaultEpsilon);
        double[] scale = [.. gamma.Zip(variance, (g, v) => g / Math.Sqrt(v + epsilon))];
        double[] offset = [.. Enumerable.Range(0, channels).Select(c => beta[c] - (mean[c] * scale[c]))];
        return new ChannelMap(scale, offset);
    }

    // Below opset 9, `spatial` 0 keeps statistics for every pixel.
    private static bool IsTraining(Node node) =>
        node.Attributes.GetInt(node, "training_mode", 0) != 0
            || node.Attributes.GetInt(node, "spatial", 1) != 1;

    private static ChannelMap? OfArithmetic(Node node, int constant, int channelAxis)
    {
        Shape? shape = node.Inputs[1 - constant]?.Shape;
        if (shape?.Equals(node.Outputs[0]!.Shape) != true
            || PerChannel(node, constant, shape, channelAxis) is not { } k)
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

    // The constant spread over the channels: it may vary along their axis only. Below opset 7 the
    // attributes axis and broadcast say how it is laid out.
    private static double[]? PerChannel(Node node, int constant, Shape shape, int channelAxis)
    {
        if (node.Opset < FirstBroadcastingOpset || shape.Rank <= channelAxis
            || Constants.Floats(node, constant) is not { } values)
        {
            return null;
        }

        Shape own = node.Inputs[constant]!.Shape!;
        int channels = shape[channelAxis];
        int axis = own.Rank - shape.Rank + channelAxis;
        bool isPerChannel = axis >= 0 && own[axis] == channels && values.Length == channels;
        if (!isPerChannel && values.Length != 1)
            return null;
        return [.. Enumerable.Range(0, channels).Select(c => (double)values[isPerChannel ? c : 0])];
    }
}
