using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one NormalizePixels of what exporters write between a picture of bytes and the first layer: Cast to
/// float, Transpose, and arithmetic with one constant a channel.
/// </summary>
internal sealed class RecognisePixels : IPass
{
    private static readonly long[] ToPlanes = [0, 3, 1, 2];
    private static readonly long[] ToLast = [0, 2, 3, 1];

    public string Name => "recognise pixels";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName == "Cast")
            return TryCast(node, rewriter);
        if (node.Inputs.Length == 0 || node.OperatorName == NormalizePixels.Name)
            return null;
        return node.OperatorName == "Transpose" ? TryTranspose(node, rewriter) : TryArithmetic(node, rewriter);
    }

    private static string? TryCast(Node node, GraphRewriter rewriter)
    {
        Value input = node.Inputs[0]!;
        if (node.Outputs[0]!.Type != DataType.Float32 || input is not { Type: DataType.UInt8, Shape.Rank: 4 })
            return null;
        if (rewriter.PrivateProducer(input, "Transpose") is { } transpose && IsOrder(transpose, ToPlanes))
            return Become([transpose, node], transpose.Inputs[0]!, new PixelInput(), isPlanar: true, rewriter);
        return Become([node], input, new PixelInput(), isPlanar: false, rewriter);
    }

    private static string? TryTranspose(Node node, GraphRewriter rewriter)
    {
        if (PixelsBefore(node.Inputs[0], rewriter) is not { } before
            || !IsOrder(node, before.IsPlanar ? ToLast : ToPlanes))
        {
            return null;
        }

        return Become([before.Node, node], before.Node.Inputs[0]!, before.Pixels, !before.IsPlanar, rewriter);
    }

    private static string? TryArithmetic(Node node, GraphRewriter rewriter)
    {
        Value? moving = node.Inputs.FirstOrDefault(input => input?.IsConstant == false);
        if (PixelsBefore(moving, rewriter) is not { } before
            || ChannelMap.Of(node, out Value? input, before.IsPlanar ? 1 : 3) is not { } map
            || input != before.Node.Outputs[0] || Then(before.Pixels, map) is not { } pixels)
        {
            return null;
        }

        return Become([before.Node, node], before.Node.Inputs[0]!, pixels, before.IsPlanar, rewriter);
    }

    // ((x - m) s) a + b = (x - (m - b / (s a))) (s a)
    private static PixelInput? Then(PixelInput pixels, ChannelMap map)
    {
        int channels = map.Scale.Length;
        float[] mean = new float[channels], scale = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            double product = Of(pixels.Scale, c) * map.Scale[c];
            double shift = map.Offset[c] == 0 ? 0 : map.Offset[c] / product;
            scale[c] = (float)product;
            mean[c] = (float)(Of(pixels.Mean, c) - shift);
        }

        PixelInput then = pixels with { Mean = mean, Scale = scale };
        return then.Fits(channels) && scale.All(float.IsNormal) ? then : null;
    }

    private static double Of(IReadOnlyList<float> values, int channel) =>
        values[values.Count == 1 ? 0 : channel];

    private static NormalizePixels? PixelsBefore(Value? value, GraphRewriter rewriter) =>
        rewriter.PrivateProducer(value, NormalizePixels.Name)?.Operator as NormalizePixels;

    private static bool IsOrder(Node transpose, long[] order) =>
        transpose.Inputs[0]!.Shape!.Rank == order.Length
        && TransposeOrder.Of(transpose, order.Length).SequenceEqual(order);

    // Only what comes from outside is a picture.
    private static string? Become(
        ReadOnlySpan<Node> nodes, Value bytes, PixelInput pixels, bool isPlanar, GraphRewriter rewriter)
    {
        if (bytes.Producer is not null || bytes.IsConstant || bytes.Shape![3] is not (1 or 3)
            || bytes.Shape.ElementCount == 0)
        {
            return null;
        }

        Node last = nodes[^1];
        string what = last.OperatorName;
        rewriter.Replace(nodes, NormalizePixels.Make(last, bytes, last.Outputs[0]!, pixels, isPlanar));
        return $"{what} became part of NormalizePixels";
    }
}
