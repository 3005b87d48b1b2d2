using EdgeConv.Engine.Graph;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>What must hold of a graph before and after every pass.</summary>
internal static class GraphInvariants
{
    /// <summary>
    /// Each node comes after the producers of its inputs, is the producer of its outputs, and all outputs of
    /// the graph are made, constant or graph inputs.
    /// </summary>
    public static void Hold(ModelGraph graph)
    {
        HashSet<Node> seen = [];
        HashSet<Value> inputs = [.. graph.Inputs.Select(input => input.Value)];
        foreach (Node node in graph.Nodes)
        {
            foreach (Value input in node.Inputs.OfType<Value>())
                Assert.True(IsMade(input), $"{node} reads {input}");
            Assert.All(node.Outputs.OfType<Value>(), output => Assert.Same(node, output.Producer));
            Assert.True(seen.Add(node), $"{node} stands twice");
        }

        Assert.All(graph.Outputs, output => Assert.True(IsMade(output), $"output {output} is not made"));
        Assert.Equal(graph.OutputNames.Count, graph.Outputs.Length);

        bool IsMade(Value value) => value.Producer is { } producer
            ? seen.Contains(producer)
            : value.IsConstant || inputs.Contains(value);
    }
}
