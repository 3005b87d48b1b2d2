using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Tests.Planning;

/// <summary>Graphs of operators that only say how they use memory.</summary>
internal static class RandomGraph
{
    private static readonly int[] Sizes = [1, 16, 100, 256, 1000];
    private static readonly int[] RowCounts = [1, 4, 10];

    public static (ModelGraph Graph, long[] Scratch) Make(Random random)
    {
        Value constant = Value("c", 16);
        constant.Constant = new Tensor(DataType.Float32, new Shape(16));
        Value[] inputs = [Value("x", 100), Value("z", 256)];
        List<Value> values = [.. inputs, constant];
        List<Node> nodes = [];
        for (int i = random.Next(1, 25); i > 0; i--)
            nodes.Add(RandomNode(random, nodes.Count, values));
        Value[] outputs = [.. values.Where(_ => random.Next(6) == 0).DefaultIfEmpty(values[^1])];
        return (
            Graph(inputs, nodes, outputs),
                [.. nodes.Select(_ => random.Next(3) == 0 ? random.Next(2000) : 0L)]);
    }

    public static Value Value(string name, int size) =>
        new(name) { Type = DataType.Float32, Shape = new Shape(size) };

    public static Node Node(
        int index, Value?[] inputs, Value output, bool overwrites = false, bool views = false) =>
        Node(index, inputs, [output], overwrites, views);

    public static ModelGraph Graph(Value[] inputs, List<Node> nodes, Value[] outputs) => new()
    {
        ModelName = "random",
        Nodes = nodes,
        Inputs = [.. inputs.Select(input => new GraphInput(input, DataType.Float32, null))],
        Outputs = outputs,
        OutputNames = [.. outputs.Select(output => output.Name)],
    };

    /// <summary>The concatenation of values, taken as so many rows each.</summary>
    public static Node Concat(int index, Value[] inputs, Value output, int rows = 1)
    {
        Node node = new($"n{index}", "Concat", 1, inputs, [output], NodeAttributes.None);
        node.Operator = new FakeConcat(node, rows);
        return node;
    }

    private static Node RandomConcat(Random random, int index, List<Value> values, Value first)
    {
        Value[] inputs = [first, .. values.Where(_ => random.Next(values.Count) < 3)];
        int[] rows = [.. RowCounts.Where(n => inputs.All(input => input.Shape![0] % n == 0))];
        Value output = Value($"v{index}.0", inputs.Sum(input => input.Shape![0]));
        values.Add(output);
        return Concat(index, inputs, output, rows[random.Next(rows.Length)]);
    }

    private static Node RandomNode(Random random, int index, List<Value> values)
    {
        // Recent values are read more often, as in real graphs.
        Value Pick() => values[Math.Max(random.Next(values.Count), random.Next(values.Count))];
        if (random.Next(4) == 0)
            return RandomConcat(random, index, values, Pick());
        Value?[] inputs =
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(12) == 0 ? null : Pick())];
        inputs[0] ??= Pick();
        bool views = random.Next(4) == 0;
        int size = views || random.Next(2) == 0 ? inputs[0]!.Shape![0] : Sizes[random.Next(Sizes.Length)];
        Value[] outputs =
            [.. Enumerable.Range(0, random.Next(5) == 0 ? 2 : 1).Select(i => Value($"v{index}.{i}", size))];
        Node node = Node(index, inputs, outputs, random.Next(2) == 0, views);
        values.AddRange(outputs);
        return node;
    }

    private static Node Node(int index, Value?[] inputs, Value[] outputs, bool overwrites, bool views)
    {
        Node node = new($"n{index}", "Fake", 1, inputs, outputs, NodeAttributes.None);
        node.Operator = new FakeOperator(node, overwrites, views);
        return node;
    }

    private sealed class FakeOperator(Node node, bool overwrites, bool views) : Operator(node)
    {
        public override bool IsView => views;

        public override bool CanOverwrite(int input) => overwrites && input != 1;

        public override bool CanWriteRows(long rowBytes) => true;

        public override TensorType[] Infer(InferenceContext context) => [];

        public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
        {
        }
    }

    private sealed class FakeConcat(Node node, int rows) : Operator(node)
    {
        public override RowPlace? PlaceOf(int input) => new(
            RowBytes(Node.Inputs.Take(input)), rows, RowBytes([Node.Inputs[input]]), RowBytes(Node.Inputs));

        public override TensorType[] Infer(InferenceContext context) => [];

        public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
        {
        }

        private long RowBytes(IEnumerable<Value?> values) =>
            values.Sum(value => value!.Shape!.ElementCount) / rows * sizeof(float);
    }
}
