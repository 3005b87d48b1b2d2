using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Planning;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

/// <summary>
/// Concatenations hold what their inputs hold as outputs of the same model without the concatenation,
/// wherever the plan puts them. The inputs are those of <see cref="Two"/>.
/// </summary>
public class ConcatPlacementTest
{
    private const int Height = 5;
    private const int Width = 7;

    public static TheoryData<string, int, int, string> Cases => new()
    {
        // inputs of the Concat, its axis, threads, what is copied and why
        { "a b", 1, 1, "" },
        { "a b", 1, 3, "" },
        { "b a", -3, 1, "" },
        { "s b", 1, 1, "s: it lies in the memory of another value" },
        { "a k", 1, 1, "k: it is constant" },
        { "x b", 1, 1, "x: its Transpose writes its rows side by side" },
        { "a a", 1, 1, "a: it is read elsewhere too; a: it is read elsewhere too" },
        { "a o", 1, 1, "o: it is read elsewhere too" },
        { "d p", 1, 1, "d: its Conv writes its rows side by side" },
        { "af bf", 1, 1, "" },
        { "bf sf af", 1, 2, "" },
        { "af af bf", 1, 1, "af: it lies in another place already" },
        { "af kf bf", 1, 1, "kf: it is constant" },
        { "xf bf", 1, 1, "xf: it is an input of the model" },
        { "of bf", 1, 1, "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_concatenation_holds_its_inputs(string inputs, int axis, int threads, string copies)
    {
        string[] names = inputs.Split(' ');
        ModelBuilder joined =
            Two(names).Node("Concat", inputs, "y", ModelBuilder.Int("axis", axis)).Output("y");
        ModelBuilder apart = names.Distinct().Except(["o"]).Aggregate(
            Two(names), (builder, name) => builder.Output(name));
        SessionOptions options = new() { Threads = threads };
        Assert.Equal(copies, Copies(joined, options));
        Dictionary<string, float[]> parts = Run(apart, options);
        Assert.Equal(names.SelectMany(name => parts[name]), Run(joined, options)["y"]);
    }

    [Fact]
    public void Images_of_a_batch_are_joined_one_by_one()
    {
        ModelBuilder Start() => Two([], batch: 3);
        Dictionary<string, float[]> apart = Run(Start().Output("a").Output("b"), new SessionOptions());
        ModelBuilder joined = Start().Node("Concat", "a b", "y", ModelBuilder.Int("axis", 1)).Output("y");
        Assert.Equal("", Copies(joined, new SessionOptions()));
        int a = 6 * Height * Width, b = 9 * Height * Width;
        IEnumerable<float> expected = Enumerable.Range(0, 3)
            .SelectMany(n => apart["a"].Skip(n * a).Take(a).Concat(apart["b"].Skip(n * b).Take(b)));
        Assert.Equal(expected, Run(joined, new SessionOptions())["y"]);
    }

    [Fact]
    public void Concatenations_of_concatenations_copy_nothing()
    {
        ModelBuilder joined = Two(["af", "bf", "sf"])
            .Node("Concat", "af bf", "i", ModelBuilder.Int("axis", 1))
            .Node("Concat", "sf i", "y", ModelBuilder.Int("axis", 1)).Output("y");
        Dictionary<string, float[]> apart =
            Run(Two(["af", "bf", "sf"]).Output("sf").Output("af").Output("bf"), new SessionOptions());
        Assert.Equal("", Copies(joined, new SessionOptions()));
        IEnumerable<float> expected = apart["sf"].Concat(apart["af"]).Concat(apart["bf"]);
        Assert.Equal(expected, Run(joined, new SessionOptions())["y"]);
    }

    [Fact]
    public void A_tapped_input_is_made_in_its_place_and_its_statistics_stay_the_same()
    {
        SessionOptions options = new() { Taps = ["a"] };
        ModelBuilder joined = Two([]).Node("Concat", "a b", "y", ModelBuilder.Int("axis", 1)).Output("y");
        Assert.Equal("", Copies(joined, options));
        using ISession session = EngineSessionFactory.Load(joined.Read(), options);
        SmallModels.Fill(session);
        session.Run();
        float mean = session.GetOutput(0).AsSpan<float>()[..(Height * Width)].ToArray().Average();
        Assert.Equal(mean, session.GetTap(0)[0], 1e-5f);
    }

    [Theory]
    [InlineData(90, 1300, 1700, 1)]
    [InlineData(900, 40, 50, 1)]
    [InlineData(900, 40, 50, 3)]
    [InlineData(30_001, 1, 4, 2)]
    [InlineData(1, 90_001, 60_003, 2)]
    public void Every_row_of_the_inputs_is_copied(int rows, int first, int second, int threads)
    {
        ModelBuilder joined = new ModelBuilder().Input("x", rows, first).Input("z", rows, second)
            .Node("Concat", "x z", "y", ModelBuilder.Int("axis", 1)).Output("y");
        using ISession session =
            EngineSessionFactory.Load(joined.Read(), new SessionOptions { Threads = threads });
        SmallModels.Fill(session);
        session.Run();
        float[] x = session.GetInput(0).AsSpan<float>().ToArray();
        float[] z = session.GetInput(1).AsSpan<float>().ToArray();
        IEnumerable<float> expected = Enumerable.Range(0, rows)
            .SelectMany(row => x.Skip(row * first).Take(first).Concat(z.Skip(row * second).Take(second)));
        Assert.True(session.GetOutput(0).AsSpan<float>().SequenceEqual([.. expected]));
    }

    [Fact(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    public void UltraFace_copies_nothing()
    {
        OnnxModel model = OnnxReader.Read(SharedData.PathOf("models", "version-RFB-320_simplified.onnx"));
        using CompiledModel compiled = ModelCompiler.Compile(model, new SessionOptions());
        Assert.Equal(3, compiled.Graph.Nodes.Count(node => node.OperatorName == "Concat"));
        Assert.Empty(compiled.Plan.Copies);
    }

    // Convolutions of x: a (1x1, 6 channels), b (3x3, 9 channels), and where they are asked for d (depthwise), p
    // (1x1), o (an output) and s (a sine behind it). k is constant; af is a as a line, and so on.
    private static ModelBuilder Two(string[] names, int batch = 1)
    {
        Random random = new(5);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - .5f)];
        ModelBuilder builder = new ModelBuilder().Input("x", batch, 4, Height, Width).Integers("line", 1, -1)
            .Constant("wa", [6, 4, 1, 1], Numbers(24)).Constant("wb", [9, 4, 3, 3], Numbers(9 * 36))
            .Constant("wd", [4, 1, 3, 3], Numbers(36)).Constant("wp", [5, 4, 1, 1], Numbers(20))
            .Constant("k", [1, 2, Height, Width], Numbers(2 * Height * Width))
            .Node("Conv", "x wa", "a").Node("Conv", "x wb", "b", ModelBuilder.Ints("pads", 1, 1, 1, 1));
        if (names.Any(name => name[0] == 's'))
            builder.Node("Conv", "x wa", "t").Node("Sin", "t", "s");
        if (names.Any(name => name[0] == 'o'))
            builder.Node("Conv", "x wa", "o").Output("o");
        if (names.Contains("d"))
        {
            builder.Node(
                    "Conv", "x wd", "d", ModelBuilder.Ints("pads", 1, 1, 1, 1), ModelBuilder.Int("group", 4))
                .Node("Conv", "x wp", "p");
        }

        foreach (string name in names.Distinct().Where(name => name.EndsWith('f')))
            builder.Node("Reshape", $"{name[0]} line", name);
        return builder;
    }

    private static string Copies(ModelBuilder builder, SessionOptions options)
    {
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), options);
        return string.Join("; ", model.Plan.Copies.Select(Describe));

        string Describe(InputCopy copy)
        {
            Node node = model.Graph.Nodes[copy.Step];
            return $"{node.Inputs[copy.Input]!.Name.Split(' ')[0]}: {copy.Reason}";
        }
    }

    private static Dictionary<string, float[]> Run(ModelBuilder builder, SessionOptions options)
    {
        using ISession session = EngineSessionFactory.Load(builder.Read(), options);
        SmallModels.Fill(session);
        session.Run();
        return session.Outputs.Index().ToDictionary(
            output => output.Item.Name, output => session.GetOutput(output.Index).AsSpan<float>().ToArray());
    }
}
