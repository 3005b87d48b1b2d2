using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.PlanCache;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

/// <summary>What several threads pack is what one packs.</summary>
public sealed class PreparationTest : IDisposable
{
    private const int Channels = 96;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-pack").FullName;
    private readonly List<Tensor> _constants = [];

    public void Dispose()
    {
        _constants.ForEach(constant => constant.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Any_number_of_threads_packs_the_same_weights_into_the_same_plan()
    {
        string path = WriteHeavyModel();
        (float[] expected, byte[] plan) = Load(path, threads: 1);
        foreach (int threads in new[] { 2, 3, 4, 16 })
        {
            (float[] actual, byte[] same) = Load(path, threads);
            Assert.Equal(expected, actual);
            Assert.Equal(plan, same);
        }
    }

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData((2 << 20) - 1, 8, 1)]
    [InlineData(2 << 20, 8, 2)]
    [InlineData(14 << 20, 4, 4)]
    [InlineData(14 << 20, 1, 1)]
    [InlineData(14 << 20, 0, 1)]
    public void Few_weights_are_not_worth_a_thread(long bytes, int most, int expected) =>
        Assert.Equal(expected, Preparation.ThreadsFor(bytes, most));

    [Fact]
    public void Nodes_are_prepared_at_once()
    {
        using Barrier both = new(2);
        ModelGraph graph = Graph(2, _ => Assert.True(both.SignalAndWait(Patience)));
        Prepare(graph, threads: 2);
    }

    [Fact]
    public void Nodes_that_read_the_same_constant_are_prepared_in_their_order_and_never_at_once()
    {
        int running = 0;
        List<string> order = [];
        ModelGraph graph = Graph(12, node =>
        {
            if (!node.Name.StartsWith("shared", StringComparison.Ordinal))
                return;
            Assert.Equal(1, Interlocked.Increment(ref running));
            Thread.Yield();
            order.Add(node.Name);
            Interlocked.Decrement(ref running);
        }, index => index % 3 == 0);
        Prepare(graph, threads: 4);
        Assert.Equal(["shared 0", "shared 3", "shared 6", "shared 9"], order);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_several_nodes_that_fail_the_first_one_is_named(int threads)
    {
        for (int round = 0; round < 20; round++)
        {
            ModelGraph graph = Graph(16, node =>
            {
                if (node.Name is "node 5" or "node 6" or "node 15")
                    throw new ModelError(node.Place, "does not fit");
            });
            ModelError error = Assert.Throws<ModelError>(() => Prepare(graph, threads));
            Assert.Equal("m.onnx: node 'node 5' (Fake): does not fit", error.Message);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_was_packed_before_a_node_failed_is_handed_over(int threads)
    {
        List<IDisposable> owned = [];
        ModelGraph graph = Graph(8, node =>
        {
            if (node.Name == "node 7")
                throw new InvalidOperationException("does not fit");
        });
        Assert.Throws<ModelError>(() => Prepare(graph, threads, owned));
        Assert.Equal(7, owned.Count);
    }

    private static (float[] Output, byte[] Plan) Load(string path, int threads)
    {
        using WeightStore store = new() { MostThreads = threads };
        using EngineSession session =
            EngineSessionFactory.Start(OnnxReader.Read(path), new SessionOptions(), store);
        SmallModels.Fill(session);
        session.Run();
        using MemoryStream plan = new();
        PlanFile.Write(plan, new PlanKey("engine", "kernels", default), session.Model.Sha256, store);
        return (session.GetOutput(0).AsSpan<float>().ToArray(), plan.ToArray());
    }

    // 5 MB of weights in layers of all kinds; one matrix is read by two layers, with a bias and without.
    private string WriteHeavyModel()
    {
        Random random = new(4);
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - .5f) / 20)];
        ModelBuilder builder = new ModelBuilder().Input("x", 1, Channels, 9, 9)
            .Constant("shared", [Channels, Channels, 1, 1], Weights(Channels * Channels))
            .Constant("bias", Weights(Channels))
            .Constant("matrix", [Channels, 1100], Weights(Channels * 1100));
        string last = "x";
        for (int i = 0; i < 14; i++)
        {
            builder.Constant($"w{i}", [Channels, Channels, 3, 3], Weights(Channels * Channels * 9))
                .Constant($"d{i}", [Channels, 1, 5, 5], Weights(Channels * 25))
                .Node("Conv", $"{last} w{i}", $"c{i}", ModelBuilder.Ints("pads", 1, 1, 1, 1))
                .Node("Conv", $"c{i} d{i} bias", $"e{i}",
                    ModelBuilder.Int("group", Channels), ModelBuilder.Ints("pads", 2, 2, 2, 2))
                .Node("Conv", i % 2 == 0 ? $"e{i} shared bias" : $"e{i} shared", last = $"y{i}");
        }

        byte[] model = builder.Node("GlobalAveragePool", last, "p").Node("Flatten", "p", "f")
            .Node("MatMul", "f matrix", "y").Output("y").ToBytes();
        string path = Path.Combine(_folder, "heavy.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }

    private static void Prepare(ModelGraph graph, int threads, List<IDisposable>? owned = null)
    {
        using ConstantStore constants = new();
        constants.Collect(graph);
        constants.CountReaders(graph);
        Preparation.Run(graph, constants, node => new PrepareContext(node, 1), threads, owned ?? []);
    }

    // Nodes of 1 MiB of weights each, so that each is worth a thread.
    private ModelGraph Graph(int count, Action<Node> prepare, Func<int, bool>? readsShared = null)
    {
        Value shared = Constant("shared");
        List<Node> nodes = [];
        for (int i = 0; i < count; i++)
        {
            bool isShared = readsShared?.Invoke(i) == true;
            Value?[] inputs = isShared ? [shared, Constant($"w{i}")] : [Constant($"w{i}")];
            Node node = new(
                $"{(isShared ? "shared" : "node")} {i}", "Fake", 13, inputs, [new Value($"y{i}")],
                new NodeAttributes("m.onnx", new Dictionary<string, object>()));
            node.Operator = new FakeOperator(node, prepare);
            nodes.Add(node);
        }

        return new ModelGraph
        {
            ModelName = "m.onnx",
            Nodes = nodes,
            Inputs = [],
            Outputs = [],
            OutputNames = [],
        };
    }

    private Value Constant(string name)
    {
        Tensor tensor = new(DataType.Float32, new Shape(512, 512));
        _constants.Add(tensor);
        return new Value(name) { Constant = tensor };
    }

    private sealed class FakeOperator(Node node, Action<Node> prepare) : Operator(node)
    {
        public override TensorType[] Infer(InferenceContext context) => [];

        public override void Prepare(PrepareContext context)
        {
            prepare(Node);
            context.Own(new MemoryStream());
            for (int i = 0; i < Node.Inputs.Length; i++)
                context.Release(i);
        }

        public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
        {
        }
    }
}
