using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Planning;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

/// <summary>
/// Runs a plan with every element replaced by a number that is stamped over its memory, and checks at each
/// read that the numbers are still there. An input that stands in an output is the same numbers in both.
/// </summary>
internal sealed class PlanSimulation
{
    private readonly MemoryPlan _plan;
    private readonly int[] _arena;
    private readonly Dictionary<Value, int[]> _contents = [];
    private int _next = 1;

    private PlanSimulation(MemoryPlan plan)
    {
        _plan = plan;
        _arena = new int[plan.Layout.Bytes / sizeof(int)];
    }

    public static void Run(ModelGraph graph, MemoryPlan plan)
    {
        PlanSimulation simulation = new(plan);
        for (int step = 0; step < graph.Nodes.Count; step++)
        {
            Node node = graph.Nodes[step];
            foreach (Value input in node.Inputs.OfType<Value>())
                simulation.CheckIntact(input);
            if (node.Operator!.PlaceOf(0) is not null)
                simulation.Join(node, step);
            else if (plan.IsElided[step])
                simulation.Alias(node);
            else
                simulation.Write(node, plan.ScratchOf[step]);
        }

        foreach (Value output in graph.Outputs)
            simulation.CheckIntact(output);
    }

    private void Alias(Node node)
    {
        Value input = node.Inputs[0]!;
        if (_contents.TryGetValue(input, out int[]? content))
            _contents[node.Outputs[0]!] = content;
        else
            Assert.True(_plan.ViewOf.ContainsKey(node.Outputs[0]!));
        foreach (Value other in node.Outputs.Skip(1).OfType<Value>())
            Stamp(other);
    }

    // Inputs that the plan does not copy must be there; those from outside the arena are new numbers.
    private void Join(Node node, int step)
    {
        Value output = node.Outputs[0]!;
        int[] joined = Numbers(output);
        int[] copied = [.. _plan.Copies.Where(copy => copy.Step == step).Select(copy => copy.Input)];
        Assert.Equal(_plan.IsElided[step], copied.Length == 0);
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            RowPlace place = node.Operator!.PlaceOf(i)!.Value;
            if (_contents.TryGetValue(node.Inputs[i]!, out int[]? content))
                Spread(content, joined, place);
            if (copied.Contains(i))
                Store(joined, node.Inputs[i]!, place, _plan.OffsetOf(output));
        }

        _contents[output] = joined;
        CheckIntact(output);
    }

    private void Store(int[] joined, Value input, RowPlace place, long offset)
    {
        for (int i = 0; i < Count(input); i++)
            _arena[(offset / sizeof(int)) + Position(i, place)] = joined[Position(i, place)];
    }

    private static void Spread(int[] content, int[] joined, RowPlace place)
    {
        for (int i = 0; i < content.Length; i++)
            joined[Position(i, place)] = content[i];
    }

    private static long Position(int element, RowPlace place)
    {
        if (place.RowBytes == 0)
            return place.Offset / sizeof(int);
        (long row, long column) = Math.DivRem(element, place.RowBytes / sizeof(int));
        return ((place.Offset + (row * place.RowStep)) / sizeof(int)) + column;
    }

    private void Write(Node node, int scratch)
    {
        if (scratch >= 0)
            Cells(scratch).Fill(_next++);
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

    private bool SharesMemory(Value input, Value output) => _plan.BlockOf.ContainsKey(input)
        && Addresses(input).Intersect(Addresses(output)).Any();

    private void Stamp(Value value)
    {
        int[] numbers = _contents[value] = Numbers(value);
        foreach ((long address, int number) in Addresses(value).Zip(numbers))
            _arena[address] = number;
    }

    private int[] Numbers(Value value) => [.. Enumerable.Range(0, Count(value)).Select(_ => _next++)];

    // A graph input, a constant or a view of them is never in the arena.
    private void CheckIntact(Value value)
    {
        if (_contents.TryGetValue(value, out int[]? content))
            Assert.Equal(content, Addresses(value).Select(address => _arena[address]));
        else
            Assert.False(_plan.BlockOf.ContainsKey(value));
    }

    private static int Count(Value value) => (int)value.Shape!.ElementCount;

    // Where each element lies, which must be in the value's block.
    private IEnumerable<long> Addresses(Value value)
    {
        long start = _plan.OffsetOf(value) / sizeof(int), step = _plan.RowStepOf(value) / sizeof(int);
        long row = step == 0 ? Math.Max(1, Count(value)) : _plan.PlaceOf[value].RowBytes / sizeof(int);
        int block = _plan.BlockOf[value];
        long first = _plan.Layout.Offsets[block] / sizeof(int);
        for (int i = 0; i < Count(value); i++)
        {
            long address = start + (i / row * step) + (i % row);
            if (address < first || address >= first + (_plan.Blocks[block].Bytes / sizeof(int)))
                Assert.Fail($"element {i} of {value} lies outside its block");
            yield return address;
        }
    }

    private Span<int> Cells(int block) => _arena.AsSpan(
        (int)(_plan.Layout.Offsets[block] / sizeof(int)),
        (int)(_plan.Blocks[block].PlacedBytes / sizeof(int)));
}
