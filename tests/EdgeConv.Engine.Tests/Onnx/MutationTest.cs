using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

/// <summary>Runs with nothing beside it, so that the process's memory is the loader's.</summary>
[CollectionDefinition(nameof(MutationTest), DisableParallelization = true)]
public class MutationCollection;

/// <summary>
/// Broken files, each unlike the one it was made of, end in a <see cref="ModelError"/>, in a plan that is too
/// large to run here, or in a run; in bounded time and memory.
/// </summary>
[Collection(nameof(MutationTest))]
public class MutationTest
{
    private const long RunnableMultiplyAdds = 20_000_000;
    private const long RunnableBytes = 64 << 20;
    private const int Built = 3;
    private const int LargestFile = 120_000;
    private const long LargestGrowth = 512L << 20;
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(20);
    // An emulated core takes some fifteen times as long.
    private static readonly int Cases =
        Environment.GetEnvironmentVariable("EDGECONV_TEST_GRID") == "small" ? 2000 : 60_000;

    private string _running = "";
    private long _startedAt;

    [Fact]
    public async Task Broken_files_end_in_a_model_error_or_a_run()
    {
        PeakMemory.Reset();
        long before = Environment.WorkingSet;
        Task<int[]> run = Task.Factory.StartNew(
            RunAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using PeriodicTimer watch = new(TimeSpan.FromSeconds(1));
        while (!run.IsCompleted && await watch.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            TimeSpan age = TimeProvider.System.GetElapsedTime(Volatile.Read(ref _startedAt));
            Assert.True(age < LongestCase || run.IsCompleted, $"{_running} hangs");
            long growth = PeakMemory.Bytes - before;
            Assert.True(growth < LargestGrowth, $"{growth >> 20} MB at or before {_running}");
        }

        int[] counts = await run;
        Assert.InRange(PeakMemory.Bytes - before, long.MinValue, LargestGrowth);
        Assert.Equal(Cases, counts.Sum());
        string ends = $"{counts[0]} refused as files, {counts[1]} refused as graphs, {counts[2]} too large to run "
            + $"here, {counts[3]} ran, {(PeakMemory.Bytes - before) >> 20} MB at most";
        TestContext.Current.TestOutputHelper?.WriteLine(ends);
        Assert.True(counts[0] > Cases / 100 && counts[1] > Cases / 100 && counts[3] > Cases / 10, ends);
    }

    private int[] RunAll()
    {
        List<(string Name, byte[] Bytes)> corpus = Corpus();
        int[] counts = new int[4];
        for (int seed = 0, done = 0; done < Cases; seed++)
        {
            (string name, byte[] bytes) = corpus[seed % 4 == 0 ? seed / 4 % Built : seed / 4 % corpus.Count];
            Volatile.Write(ref _running, $"seed {seed} on {name}");
            Volatile.Write(ref _startedAt, TimeProvider.System.GetTimestamp());
            byte[] broken = seed % 3 == 0
                ? new Mutator(seed).Mutate(bytes, corpus[(seed + 7) % corpus.Count].Bytes)
                : new ModelMutator(seed).Mutate(bytes);
            if (broken.AsSpan().SequenceEqual(bytes))
                continue;
            counts[StagesPassed(broken)]++;
            done++;
        }

        return counts;
    }

    // 0: not even a graph. 1: a graph, but not one that can be planned. 2: planned. 3: ran.
    private int StagesPassed(byte[] file)
    {
        int passed = 0;
        try
        {
            OnnxModel model = OnnxReader.Parse(file, "m.onnx");
            passed++;
            CompiledModel compiled = ModelCompiler.Compile(model, new SessionOptions());
            passed++;
            if (!IsSmall(compiled))
            {
                compiled.Dispose();
                return passed;
            }

            using EngineSession session = new(compiled);
            session.Run();
            return passed + 1;
        }
        catch (ModelError)
        {
            return passed;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{_running}: {error.Message}", error);
        }
    }

    private static bool IsSmall(CompiledModel model) => model.Plan.Layout.Bytes <= RunnableBytes &&
        model.Graph.Nodes.Sum(node => node.Operator!.MultiplyAdds) <= RunnableMultiplyAdds;

    private static List<(string Name, byte[] Bytes)> Corpus()
    {
        List<(string Name, byte[] Bytes)> corpus =
        [
            ("built convolution", BuiltConvolution()),
            ("built shapes", BuiltShapes()),
            ("built types", BuiltTypes()),
        ];
        IEnumerable<string> real = RealModels.Trained();
        if (RealModels.HasConformance)
            real = real.Concat(RealModels.Conformance().Select(folder => Path.Combine(folder, "model.onnx")));
        corpus.AddRange(real
            .Where(path => new FileInfo(path).Length <= LargestFile)
            .Select(path => (path, File.ReadAllBytes(path))));
        return corpus;
    }

    private static byte[] BuiltConvolution() => new ModelBuilder()
        .Input("x", 1, 2, 4, 5).Constant("w", [3, 2, 3, 3], new float[54]).Constant("k", [3, 1, 1], 1, 2, 3)
        .Integers("p", 0, 0, 1, 1, 0, 0, 1, 1).Node("Pad", "x p", "q").Node("Conv", "q w", "c")
        .Node("Mul", "c k", "m").Node("Relu", "m", "y").Output("y").ToBytes();

    private static byte[] BuiltShapes() => new ModelBuilder()
        .Input("x", -1, 6).Node("Shape", "x", "s").Node("Identity", "s", "t").Node("Reshape", "x t", "r")
        .Node("Transpose", "r", "a", ModelBuilder.Ints("perm", 1, 0))
        .Node("Transpose", "a", "y", ModelBuilder.Ints("perm", 1, 0)).Output("y").ToBytes();

    private static byte[] BuiltTypes() => new ModelBuilder()
        .TypedInput("i", 7, 3).TypedInput("f", 11, 2, 2).Integers("k", 1, 2, 3).Constant("c", 1, 2)
        .Node("Cast", "f", "g", ModelBuilder.Int("to", 1), ModelBuilder.Text("mode", "some text"))
        .Node("Identity", "k", "l").Node("Dropout", "g", "y", ModelBuilder.Number("ratio", .5f))
        .Output("y").Output("l").ToBytes();
}
