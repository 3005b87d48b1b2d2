using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes one ReduceMean of two in a row, as of <c>x.mean(3).mean(2)</c>: all means are of equally many.
/// </summary>
internal sealed class MergeMeans : IPass
{
    public string Name => "merge means";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (MeanAxes.Of(node) is not { } outer
            || rewriter.PrivateProducer(node.Inputs[0], "ReduceMean") is not { } first
            || MeanAxes.Of(first) is not { } inner || MeanAxes.AreKept(first) != MeanAxes.AreKept(node))
        {
            return null;
        }

        Value source = first.Inputs[0]!;
        long[] left = MeanAxes.AreKept(first)
            ? [.. Enumerable.Range(0, source.Shape!.Rank).Select(axis => (long)axis)]
            : [.. Enumerable.Range(0, source.Shape!.Rank).Select(axis => (long)axis).Except(inner)];
        long[] axes = [.. inner.Concat(outer.Select(axis => left[axis])).Distinct().Order()];
        rewriter.Replace([first, node], MeanAxes.Make(node, source, axes));
        return $"took in ReduceMean '{first.Name}'";
    }
}
