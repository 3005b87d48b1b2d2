using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one clamp of two in a row, of Relu, Clip, and Min and Max with one number: Min(Relu(x), 6) is ReLU6.
/// </summary>
internal sealed class MergeClamps : IPass
{
    public string Name => "merge clamps";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (Bounds(node) is not { } outer || rewriter.PrivateProducer(node.Inputs[0]) is not { } first
            || Bounds(first) is not { } inner)
        {
            return null;
        }

        float low = Math.Clamp(inner.Low, outer.Low, outer.High);
        float high = Math.Clamp(inner.High, outer.Low, outer.High);
        Node merged = NewNode.Clamp(node, first.Inputs[0]!, node.Outputs[0]!, low, high);
        rewriter.Replace([first, node], merged);
        return $"took in {first.OperatorName} '{first.Name}'";
    }

    private static (float Low, float High)? Bounds(Node node) => ActivationNodes.Of(node) switch
    {
        { Kind: ActivationKind.Relu } => (0, float.PositiveInfinity),
        { Kind: ActivationKind.Clip } clip when !float.IsNaN(clip.A) && !float.IsNaN(clip.B) =>
            (clip.A, clip.B),
        _ => null,
    };
}
