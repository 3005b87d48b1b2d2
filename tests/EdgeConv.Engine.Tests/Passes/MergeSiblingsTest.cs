using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;
using ConvolutionOperator = EdgeConv.Engine.Operators.Convolution;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>When narrow 1x1 convolutions of one value become one.</summary>
public class MergeSiblingsTest
{
    private const int Inputs = 64;

    // They leave lanes empty in every instruction set.
    private static readonly int[] Heads = [1, 1, 1, 3];

    [Fact]
    public void Heads_of_a_detector_are_one_product_and_one_filter()
    {
        ModelBuilder model = Filtered(Projected(Start(), Heads), Heads);
        Assert.Equal("Conv Conv Conv Split", Middle(model));
        using CompiledModel compiled = Compile(model, threads: 1);
        Assert.Equal(6, compiled.Rewrites.Count(rewrite => rewrite.Pass == MergeSiblings.Name));
        Assert.Equal([6, 6], compiled.Graph.Nodes.Select(node => node.Operator).OfType<ConvolutionOperator>()
            .Where(convolution => convolution.Geometry.OutputChannels != Inputs)
            .Select(convolution => convolution.Geometry.OutputChannels));
    }

    [Fact]
    public void Without_filters_the_product_itself_is_cut() =>
        Assert.Equal("Conv Conv Split", Middle(Outputs(Projected(Start(), Heads), "p", Heads.Length)));

    [Fact]
    public void A_tapped_projection_and_its_filter_run_alone()
    {
        string[] operators = Middle(Filtered(Projected(Start(), Heads), Heads), "p2").Split(' ');
        Assert.Contains("Split", operators);
        Assert.Equal(5, operators.Count(name => name == "Conv"));
    }

    [Fact]
    public void Wide_layers_stay_apart_since_no_lane_is_won() =>
        Assert.Equal("Conv Conv Conv", Middle(Outputs(Projected(Start(), [32, 48]), "p", 2)));

    [Fact]
    public void Different_activations_stay_apart()
    {
        ModelBuilder model = Projected(Start(), [1, 3]).Node("Relu", "p0", "y0").Node("Neg", "p1", "y1")
            .Output("y0").Output("y1");
        Assert.DoesNotContain("Split", Middle(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_that_differ_follow_the_cut()
    {
        ModelBuilder model = Projected(Start(), [1, 3]).Constant("k0", [1, 1, 3, 3], Numbers(9))
            .Constant("k1", [3, 1, 3, 3], Numbers(27)).Node("Conv", "p0 k0", "y0", Depthwise(1, 1))
            .Node("Conv", "p1 k1", "y1", Depthwise(3, 0)).Output("y0").Output("y1");
        Assert.Equal("Conv Conv Split Conv Conv", Middle(model));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_number_of_threads_computes_what_single_layers_compute(int threads)
    {
        for (int seed = 0; seed < 12; seed++)
        {
            Random random = new(seed);
            int[] heads = [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(1, 12))];
            ModelBuilder model = Filtered(
                Projected(Start(random.Next(1, 3), random.Next(3, 50), random.Next(3, 50)), heads), heads);
            PassCase.AssertSame(Run(model, 1, PassLevel.Fuse), Run(model, threads, PassLevel.StreamRows));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Runs_allocate_nothing(int threads)
    {
        using EngineSession session = new(Compile(Filtered(Projected(Start(1, 60, 50), Heads), Heads), threads));
        SmallModels.Fill(session);
        Assert.Equal(0, Allocation.Least(session.Run));
    }

    private static string Middle(ModelBuilder model, params string[] taps) => string.Join(
        ' ',
        EngineCase.Rewritten(model, PassLevel.ChannelsLast, taps).Split(' ')
            .Where(name => name != "Transpose"));

    private static ModelBuilder Start(int batch = 1, int height = 6, int width = 5) => new ModelBuilder()
        .Input("x", batch, 3, height, width).Constant("stem", [Inputs, 3, 1, 1], Numbers(3 * Inputs))
        .Node("Conv", "x stem", "a");

    private static ModelBuilder Projected(ModelBuilder builder, int[] heads)
    {
        for (int i = 0; i < heads.Length; i++)
        {
            builder.Constant($"w{i}", [heads[i], Inputs, 1, 1], Numbers(heads[i] * Inputs))
                .Constant($"b{i}", [heads[i]], Numbers(heads[i]))
                .Node("Conv", i == 1 ? $"a w{i}" : $"a w{i} b{i}", $"p{i}");
        }

        return builder;
    }

    private static ModelBuilder Filtered(ModelBuilder builder, int[] heads)
    {
        for (int i = 0; i < heads.Length; i++)
        {
            builder.Constant($"f{i}", [heads[i], 1, 3, 3], Numbers(heads[i] * 9))
                .Node("Conv", $"p{i} f{i}", $"y{i}", Depthwise(heads[i], 1));
        }

        return Outputs(builder, "y", heads.Length);
    }

    private static ModelBuilder Outputs(ModelBuilder builder, string name, int count)
    {
        for (int i = 0; i < count; i++)
            builder.Output($"{name}{i}");
        return builder;
    }

    private static AttributeProto[] Depthwise(int channels, int pad) =>
        [ModelBuilder.Int("group", channels), ModelBuilder.Ints("pads", pad, pad, pad, pad)];

    private static float[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static CompiledModel Compile(
        ModelBuilder builder, int threads, PassLevel level = PassLevel.StreamRows) => ModelCompiler.Compile(
            builder.Read(), new SessionOptions { Threads = threads }, level);

    private static float[][] Run(ModelBuilder builder, int threads, PassLevel level)
    {
        using EngineSession session = new(Compile(builder, threads, level));
        SmallModels.Fill(session);
        session.Run();
        return [.. Enumerable.Range(0, session.Outputs.Count)
            .Select(i => session.GetOutput(i).AsSpan<float>().ToArray())];
    }
}
