using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Lets convolutions and what lies between them run on values with channels last, <c>[N,H,W,C]</c>, which is
/// what the kernels read. Where the two orders meet a Transpose is put; those of the model itself are merged
/// with them, so that a network that was exported from channels last has none.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>What it does, for listings.</summary>
    public const string Name = "channels last";

    /// <summary>Rewrites the graph, whose nodes have operators and whose values have shapes.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        LayoutBuilder builder = new(graph);
        foreach (Node node in graph.Nodes)
        {
            if (LayoutRules.TryRewrite(node, builder))
                log.Add(new Rewrite(Name, node.Name, "runs with channels last"));
            else
                builder.Keep(node);
        }

        builder.Commit();
    }
}
