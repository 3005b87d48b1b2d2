using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>A map y = scale[c] x + offset[c] of each channel c of <c>[N,C,...]</c>.</summary>
internal readonly record struct ChannelMap(double[] Scale, double[] Offset)
{
    /// <summary>
    /// Whether every number is finite as float32, so that no infinity is made that was not there.
    /// </summary>
    public bool IsFinite => Scale.Concat(Offset).All(number => float.IsFinite((float)number));

    /// <summary>
    /// Puts the map behind a Conv with constant weights: <c>w'[c] = scale[c] w[c]</c>,
    /// <c>b'[c] = scale[c] b[c] + offset[c]</c>, computed in double precision.
    /// </summary>
    /// <returns>
    /// The Conv that produces <paramref name="output"/>; null when its weights are not constant.
    /// </returns>
    public Node? TryApply(Node conv, Value output)
    {
        Tensor? weights = conv.Inputs[1]?.Constant;
        Value? bias = conv.Inputs.Length > 2 ? conv.Inputs[2] : null;
        if (weights is not { Type: DataType.Float32 } || weights.Shape[0] != Scale.Length)
            return null;
        if (!IsFinite || (bias is not null && bias.Constant is not { Type: DataType.Float32 }))
            return null;
        Value?[] inputs =
        [
            conv.Inputs[0],
            Constants.Make(conv.Inputs[1]!.Name, output, ScaleRows(weights)),
            Constants.Make(bias?.Name ?? conv.Name + ".bias", output, Shift(bias?.Constant)),
        ];
        return new Node(conv.Name, conv.OperatorName, conv.Opset, inputs, [output], conv.Attributes);
    }

    private Tensor ScaleRows(Tensor weights)
    {
        Tensor scaled = new(DataType.Float32, weights.Shape);
        ReadOnlySpan<float> from = weights.AsSpan<float>();
        Span<float> to = scaled.AsSpan<float>();
        int row = Scale.Length == 0 ? 1 : Math.Max(1, from.Length / Scale.Length);
        for (int i = 0; i < to.Length; i++)
            to[i] = (float)(from[i] * Scale[i / row]);
        return scaled;
    }

    private Tensor Shift(Tensor? bias)
    {
        Tensor shifted = new(DataType.Float32, new Shape(Scale.Length));
        Span<float> to = shifted.AsSpan<float>();
        for (int c = 0; c < to.Length; c++)
            to[c] = (float)(((bias is null ? 0 : bias.AsSpan<float>()[c]) * Scale[c]) + Offset[c]);
        return shifted;
    }
}
