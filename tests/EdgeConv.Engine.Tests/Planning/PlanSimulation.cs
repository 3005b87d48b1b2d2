using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Planning;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

/// <summary>
/// Runs a plan with every value's content replaced by a number that is stamped over its memory, and checks
/// at each read that the number is still there.
/// </summary>
internal sealed class PlanSimulation
{
    private readonly MemoryPlan _plan;
    private readonly int[] _arena;
    private readonly Dictionary<Value, int> _contents = [];
    private int _next = 1;

    private PlanSimulation(MemoryPlan plan)
    {
        _plan = plan;
        _arena = new int[plan.Layout.Bytes / 64];
    }

    public static void Run(ModelGraph graph, MemoryPlan plan)
    {
        PlanSimulation simulation = new(plan);
        for (int step = 0; step < graph.Nodes.Count; step++)
        {
            foreach (Value input in graph.Nodes[step].Inputs.OfType<Value>())
                simulation.CheckIntact(input);
            if (plan.IsElided[step])
                simulation.Alias(graph.Nodes[step]);
            else
                simulation.Write(graph.Nodes[step], plan.ScratchOf[step]);
        }

        foreach (Value output in graph.Outputs)
            simulation.CheckIntact(output);
    }

    private void Alias(Node node)
    {
        Value input = node.Inputs[0]!;
        if (_contents.TryGetValue(input, out int content))
            _contents[node.Outputs[0]!] = content;
        else
            Assert.True(_plan.ViewOf.ContainsKey(node.Outputs[0]!));
        foreach (Value other in node.Outputs.Skip(1).OfType<Value>())
            Stamp(other);
    }

    private void Write(Node node, int scratch)
    {
        if (scratch >= 0)
            Fill(scratch, _next++);
        foreach (Value output in node.Outputs.OfType<Value>())
        {
            if (!node.Operator!.CanOverwrite(0))
                Assert.DoesNotContain(node.Inputs.OfType<Value>(), input => SharesMemory(input, output));
            Stamp(output);
        }

        // Outputs do not overlap one another, nor the scratch memory.
        foreach (Value output in node.Outputs.OfType<Value>())
            CheckIntact(output);
        if (scratch >= 0)
            Assert.All(node.Outputs.OfType<Value>(), output =>
                Assert.NotEqual(scratch, _plan.BlockOf[output]));
    }

    private bool SharesMemory(Value input, Value output) =>
        _plan.BlockOf.TryGetValue(input, out int block) && block == _plan.BlockOf[output];

    private void Stamp(Value value)
    {
        _contents[value] = _next++;
        Fill(_plan.BlockOf[value], _contents[value]);
    }

    private void Fill(int block, int content) => Cells(block).Fill(content);

    // A graph input, a constant or a view of them is never in the arena.
    private void CheckIntact(Value value)
    {
        if (_contents.TryGetValue(value, out int content))
            Assert.Equal(-1, Cells(_plan.BlockOf[value]).IndexOfAnyExcept(content));
        else
            Assert.False(_plan.BlockOf.ContainsKey(value));
    }

    private Span<int> Cells(int block) => _arena.AsSpan(
        (int)(_plan.Layout.Offsets[block] / 64), (int)(_plan.Blocks[block].PlacedBytes / 64));
}
