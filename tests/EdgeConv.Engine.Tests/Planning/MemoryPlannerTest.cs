using CsCheck;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Planning;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

public class MemoryPlannerTest
{
    // An emulated core takes some fifteen times as long, and plans alike.
    private static readonly int Graphs =
        Environment.GetEnvironmentVariable("EDGECONV_TEST_GRID") == "small" ? 100 : 2000;

    [Fact]
    public void Every_value_is_still_there_whenever_it_is_read() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        (ModelGraph graph, long[] scratch) = RandomGraph.Make(new Random(seed));
        PlanSimulation.Run(graph, MemoryPlanner.Plan(graph, scratch));
    }, iter: Graphs);

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

    [Fact]
    public void Random_graphs_have_concatenations_of_every_kind()
    {
        int elided = 0, apart = 0, nested = 0;
        HashSet<string> reasons = [];
        for (int seed = 0; seed < 300; seed++)
        {
            (ModelGraph graph, long[] scratch) = RandomGraph.Make(new Random(seed));
            MemoryPlan plan = MemoryPlanner.Plan(graph, scratch);
            Node[] joins = [.. graph.Nodes.Where(node => node.OperatorName == "Concat")];
            elided += joins.Count(node => plan.IsElided[graph.Nodes.IndexOf(node)]);
            nested += joins.Count(node => plan.PlaceOf.ContainsKey(node.Outputs[0]!));
            apart += graph.Nodes.SelectMany(node => node.Outputs)
                .Count(value => plan.BlockOf.ContainsKey(value!) && plan.RowStepOf(value!) != 0);
            reasons.UnionWith(plan.Copies.Select(copy => copy.Reason));
        }

        Assert.True(
            elided > 50 && apart > 20 && nested > 20, $"{elided} elided, {apart} apart, {nested} nested");
        Assert.Equal(8, reasons.Count);
    }

    [Fact]
    public void Inputs_of_a_concatenation_lie_in_its_output()
    {
        Value x = RandomGraph.Value("x", 100);
        Value a = RandomGraph.Value("a", 100), b = RandomGraph.Value("b", 60);
        Value joined = RandomGraph.Value("y", 160);
        MemoryPlan plan = Plan([x], joined,
            RandomGraph.Node(0, [x], a), RandomGraph.Node(1, [x], b), RandomGraph.Concat(2, [a, b], joined));
        Assert.Equal([false, false, true], plan.IsElided);
        Assert.Empty(plan.Copies);
        Assert.Equal((0L, 400L), (plan.OffsetOf(a), plan.OffsetOf(b)));
        Assert.Equal(new Block(640, 0, 3), Assert.Single(plan.Blocks));
    }

    [Fact]
    public void Rows_of_an_input_lie_apart_when_it_is_read_by_the_concatenation_alone()
    {
        Value x = RandomGraph.Value("x", 100);
        Value a = RandomGraph.Value("a", 100), b = RandomGraph.Value("b", 60);
        Value joined = RandomGraph.Value("y", 160);
        MemoryPlan plan = Plan([x], joined,
            RandomGraph.Node(0, [x], a), RandomGraph.Node(1, [a], b),
            RandomGraph.Concat(2, [a, b], joined, rows: 10));
        Assert.Equal([new InputCopy(2, 0, "it is read elsewhere too")], plan.Copies);
        Assert.Equal((0L, 64L), (plan.RowStepOf(a), plan.RowStepOf(b)));
        Assert.Equal(40, plan.OffsetOf(b) - plan.OffsetOf(joined));
    }

    [Fact]
    public void An_input_that_comes_twice_is_copied_once()
    {
        Value x = RandomGraph.Value("x", 100), a = RandomGraph.Value("a", 100);
        Value joined = RandomGraph.Value("y", 200);
        MemoryPlan plan =
            Plan([x], joined, RandomGraph.Node(0, [x], a), RandomGraph.Concat(1, [a, a], joined));
        Assert.Equal([new InputCopy(1, 1, "it lies in another place already")], plan.Copies);
    }

    [Fact]
    public void A_part_is_not_overwritten_while_the_whole_is_read()
    {
        Value x = RandomGraph.Value("x", 100);
        Value a = RandomGraph.Value("a", 100), b = RandomGraph.Value("b", 100);
        Value joined = RandomGraph.Value("y", 100), last = RandomGraph.Value("z", 100);
        MemoryPlan plan = Plan([x], last,
            RandomGraph.Node(0, [x], a), RandomGraph.Concat(1, [a], joined),
            RandomGraph.Node(2, [a], b, overwrites: true), RandomGraph.Node(3, [joined, null, b], last));
        Assert.NotEqual(plan.BlockOf[a], plan.BlockOf[b]);
    }

    private static MemoryPlan Plan(Value[] inputs, Value output, params List<Node> nodes) =>
        MemoryPlanner.Plan(RandomGraph.Graph(inputs, nodes, [output]), new long[nodes.Count]);
}
