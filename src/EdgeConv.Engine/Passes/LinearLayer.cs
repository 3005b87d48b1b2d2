using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// A Conv, ConvTranspose, Gemm or MatMul with constant weights, which can take in a <see cref="ChannelMap"/>.
/// </summary>
internal sealed class LinearLayer
{
    private readonly Node _node;
    private readonly Value _weights;
    private readonly float[]? _bias;
    private readonly Func<int, int> _channelOf;
    private readonly float _biasFactor;

    private LinearLayer(Node node, Func<int, int> channelOf, int channels, float[]? bias)
    {
        _node = node;
        _weights = node.Inputs[1]!;
        _bias = bias;
        _channelOf = channelOf;
        Channels = channels;
        _biasFactor = node.OperatorName == "Gemm" ? node.Attributes.GetFloat(node, "beta", 1) : 1;
    }

    /// <summary>Output channels.</summary>
    public int Channels { get; }

    /// <summary>The node as a layer; null when it is none, or its weights or bias are not constant.</summary>
    public static LinearLayer? Of(Node node)
    {
        if (node.OperatorName is not ("Conv" or "ConvTranspose" or "Gemm" or "MatMul")
            || node.Inputs[1]?.Constant is not { Type: DataType.Float32 } weights
            || ChannelsOf(node, weights.Shape) is not { } channels)
        {
            return null;
        }

        float[]? bias = null;
        bool isBiased = node.Inputs.Length > 2 && node.Inputs[2] is not null;
        if (isBiased && (bias = Bias(node, channels.Count)) is null)
            return null;
        return new LinearLayer(node, channels.Of, channels.Count, bias);
    }

    /// <summary>
    /// The layer with the map behind it: <c>w'[c] = scale[c] w[c]</c>,
    /// <c>b'[c] = scale[c] b[c] + offset[c]</c>, computed in double precision.
    /// </summary>
    /// <param name="map">As many channels as the layer has.</param>
    /// <param name="output">What the new node makes.</param>
    public Node Then(ChannelMap map, Value output)
    {
        Value weights = map.IsOffsetOnly ? _weights
            : Constants.Make(
                _weights.Name, output, Scaled(_weights.Constant!, i => map.Scale[_channelOf(i)]));
        IEnumerable<int> channels = Enumerable.Range(0, Channels);
        double[] bias = [.. channels.Select(c => (BiasOf(c) * map.Scale[c]) + map.Offset[c])];
        return With(weights, bias, output);
    }

    /// <summary>
    /// The layer, a Conv, with the map before it: <c>w'[o,i] = scale[i] w[o,i]</c>,
    /// <c>b'[o] = b[o] + Σ offset[i] w[o,i]</c>.
    /// </summary>
    /// <param name="source">What the new node reads.</param>
    /// <param name="map">As many channels as the source has; without offset where the Conv pads.</param>
    public Node After(Value source, ChannelMap map)
    {
        Shape shape = _weights.Constant!.Shape;
        int taps = (int)shape.CountBetween(2, shape.Rank);
        int groups = map.Scale.Length / shape[1];
        int ChannelOf(int i) => (_channelOf(i) / (Channels / groups) * shape[1]) + (i / taps % shape[1]);
        double[] bias = [.. Enumerable.Range(0, Channels).Select(BiasOf)];
        ReadOnlySpan<float> weights = _weights.Constant.AsSpan<float>();
        for (int i = 0; i < weights.Length; i++)
            bias[_channelOf(i)] += map.Offset[ChannelOf(i)] * weights[i];
        Value output = _node.Outputs[0]!;
        Tensor scaled = Scaled(_weights.Constant, i => map.Scale[ChannelOf(i)]);
        Node node = With(Constants.Make(_weights.Name, output, scaled), bias, output);
        node.Inputs[0] = source;
        return node;
    }

    private static Tensor Scaled(Tensor weights, Func<int, double> scale)
    {
        Tensor scaled = new(DataType.Float32, weights.Shape);
        ReadOnlySpan<float> from = weights.AsSpan<float>();
        Span<float> to = scaled.AsSpan<float>();
        for (int i = 0; i < to.Length; i++)
            to[i] = (float)(from[i] * scale(i));
        return scaled;
    }

    private double BiasOf(int channel) => _bias is null ? 0 : _biasFactor * _bias[channel];

    // A MatMul becomes a Gemm, which has a bias.
    private Node With(Value weights, double[] bias, Value output)
    {
        Tensor tensor = new(DataType.Float32, new Shape(Channels));
        for (int c = 0; c < Channels; c++)
            tensor.AsSpan<float>()[c] = (float)bias[c];
        string name = _bias is null ? $"{_node.Name}.bias" : _node.Inputs[2]!.Name;
        Value?[] inputs = [_node.Inputs[0], weights, Constants.Make(name, output, tensor)];
        NodeAttributes attributes = _node.Attributes;
        if (_node.OperatorName == "Gemm")
            attributes = attributes.With("beta", 1f);
        string operatorName = _node.OperatorName == "MatMul" ? "Gemm" : _node.OperatorName;
        return new Node(_node.Name, operatorName, _node.Opset, inputs, [output], attributes);
    }

    // How many output channels there are, and to which of them a weight belongs.
    private static (int Count, Func<int, int> Of)? ChannelsOf(Node node, Shape weights)
    {
        if (node.OperatorName is "Gemm" or "MatMul")
            return MatrixColumns(node, weights);
        int taps = (int)weights.CountBetween(2, weights.Rank);
        if (node.OperatorName == "Conv")
            return (weights[0], i => i / (taps * weights[1]));
        int groups = (int)node.Attributes.GetInt(node, "group", 1);
        int inputs = weights[0] / groups;
        int GroupOf(int i) => i / (taps * weights[1] * inputs);
        return (weights[1] * groups, i => (GroupOf(i) * weights[1]) + (i / taps % weights[1]));
    }

    private static (int Count, Func<int, int> Of)? MatrixColumns(Node node, Shape weights)
    {
        if (weights.Rank != 2 || node.Inputs[0]!.Shape!.Rank != 2)
            return null;
        bool isTurned = node.OperatorName == "Gemm" && node.Attributes.GetInt(node, "transB", 0) != 0;
        return isTurned ? (weights[0], i => i / weights[1]) : (weights[1], i => i % weights[1]);
    }

    // The bias of a Gemm may broadcast: from one number to all, but not along the rows.
    private static float[]? Bias(Node node, int channels)
    {
        if (Constants.Floats(node, 2) is not { } bias)
            return null;
        Shape shape = node.Inputs[2]!.Shape!;
        if (bias.Length == 1)
            return [.. Enumerable.Repeat(bias[0], channels)];
        return bias.Length == channels && shape[-1] == channels ? bias : null;
    }
}
