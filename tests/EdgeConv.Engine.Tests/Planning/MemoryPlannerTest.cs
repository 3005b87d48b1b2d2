using CsCheck;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Planning;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

public class MemoryPlannerTest
{
    [Fact]
    public void Every_value_is_still_there_whenever_it_is_read() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        (ModelGraph graph, long[] scratch) = RandomGraph.Make(new Random(seed));
        PlanSimulation.Run(graph, MemoryPlanner.Plan(graph, scratch));
    }, iter: 3000);

    [Fact]
    public void An_in_place_chain_takes_one_buffer()
    {
        Value input = RandomGraph.Value("x", 100);
        List<Node> nodes = [];
        Value last = input;
        for (int i = 0; i < 5; i++)
            nodes.Add(
                RandomGraph.Node(
                    nodes.Count, [last], last = RandomGraph.Value($"v{i}", 100), overwrites: true));
        MemoryPlan plan = MemoryPlanner.Plan(RandomGraph.Graph([input], nodes, [last]), new long[5]);
        Assert.Equal(new Block(400, 0, 5).PlacedBytes, plan.Layout.Bytes);
    }

    [Fact]
    public void A_graph_input_is_not_overwritten()
    {
        Value input = RandomGraph.Value("x", 100);
        Value output = RandomGraph.Value("y", 100);
        Node node = RandomGraph.Node(0, [input], output, overwrites: true);
        MemoryPlan plan = MemoryPlanner.Plan(RandomGraph.Graph([input], [node], [output]), [0]);
        Assert.True(plan.BlockOf.ContainsKey(output));
        Assert.False(plan.BlockOf.ContainsKey(input));
    }

    [Fact]
    public void An_output_that_views_a_graph_input_is_copied()
    {
        Value input = RandomGraph.Value("x", 100);
        Value output = RandomGraph.Value("y", 100);
        Node node = RandomGraph.Node(0, [input], output, views: true);
        MemoryPlan plan = MemoryPlanner.Plan(RandomGraph.Graph([input], [node], [output]), [0]);
        Assert.False(plan.IsElided[0]);
        Assert.True(plan.BlockOf.ContainsKey(output));
    }
}
