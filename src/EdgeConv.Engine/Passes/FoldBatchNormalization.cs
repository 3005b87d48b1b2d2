using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Takes a BatchNormalization into the Conv before it: scale g/sqrt(var+eps), offset beta - mean
/// g/sqrt(var+eps) (Ioffe and Szegedy 2015, section 3.1).
/// </summary>
internal sealed class FoldBatchNormalization : IPass
{
    private const float DefaultEpsilon = 1e-5f;

    public string Name => "fold batch normalization";

    public string? TryRewrite(Node node, GraphEditor editor)
    {
        if (node.OperatorName != "BatchNormalization" || !node.Outputs.Skip(1).All(editor.IsUnused))
            return null;
        if (editor.PrivateProducer(node.Inputs[0], "Conv") is not { } conv || MapOf(node) is not { } map)
            return null;
        if (map.TryApply(conv, node.Outputs[0]!) is not { } merged)
            return null;
        editor.Merge(conv, node, merged);
        return $"took in BatchNormalization '{node.Name}'";
    }

    private static ChannelMap? MapOf(Node node)
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
}
