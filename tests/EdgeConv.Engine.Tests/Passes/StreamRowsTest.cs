using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Convolution;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Which convolutions run together, a few rows at a time, and that it changes no result.</summary>
public class StreamRowsTest
{
    [Fact]
    public void An_inverted_residual_block_is_one_step() =>
        Assert.Equal(["ConvChain"], Steps(Block("x", "y", residual: true).Output("y")));

    [Fact]
    public void Depthwise_and_pointwise_are_one_step_without_an_expansion() =>
        Assert.Equal(["ConvChain"], Steps(Start().Node("Conv", "x depth4", "d", Depthwise(4))
            .Node("Relu", "d", "e").Node("Conv", "e narrow4", "y").Output("y")));

    [Fact]
    public void Squeeze_and_excitation_needs_the_whole_filtered_image() =>
        Assert.Equal(
            ["ConvChain", "Conv", "Conv"],
            Steps(Start().Node("Conv", "x wide", "a").Node("Conv", "a depth", "d", Depthwise(12))
                .Node("GlobalAveragePool", "d", "p").Node("Conv", "p square", "f").Node("Sigmoid", "f", "s")
                .Node("Mul", "d s", "m").Node("Conv", "m narrow", "y").Output("y")));

    [Fact]
    public void Blocks_that_follow_one_another_share_no_layer() =>
        Assert.Equal(["ConvChain", "ConvChain"],
            Steps(Block(Block("x", "y", residual: false), "y", "z", residual: true).Output("z")));

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("d")]
    [InlineData("e")]
    [InlineData("p")]
    public void A_tapped_image_is_reduced_as_it_passes(string tap)
    {
        // What is added to a residual was made as a whole.
        string[] expected = tap == "p" ? ["ConvChain", "Add"] : ["ConvChain"];
        Assert.Equal(expected, Steps(Block("x", "y", residual: true).Output("y"), tap));
    }

    [Fact]
    public void Means_that_are_needed_before_a_block_ends_keep_its_layers_apart()
    {
        ModelBuilder builder = Start().Node("Conv", "x wide", "a").Node("GlobalAveragePool", "a", "m")
            .Node("Conv", "m square", "f").Node("Conv", "a depth", "d", Depthwise(12))
            .Node("Mul", "d f", "s").Node("Conv", "s narrow", "y").Output("y");
        using CompiledModel model = Compile(builder, "all", threads: 1);
        Assert.Equal("the means of 'Conv@a' are needed before it ends", Assert.Single(model.Blocks).Obstacle);
    }

    [Fact]
    public void A_tapped_image_with_rows_that_nothing_reads_is_made_as_a_whole()
    {
        AttributeProto[] skipping = [ModelBuilder.Int("group", 12), ModelBuilder.Ints("strides", 4, 4)];
        ModelBuilder builder = Start().Node("Conv", "x wide", "a").Node("Conv", "a depth", "d", skipping)
            .Node("Conv", "d narrow", "y").Output("y");
        using CompiledModel model = Compile(builder, "all", threads: 1, "a");
        Assert.Equal(
            "the statistics of 'Conv@a' are of rows that nothing reads, too", Assert.Single(model.Blocks).Obstacle);
    }

    [Fact]
    public void An_image_that_is_read_twice_is_made_as_a_whole() =>
        Assert.Equal(["Conv", "ConvChain", "Neg"], Steps(
            Block("x", "y", residual: false).Node("Neg", "b", "n").Output("y").Output("n")));

    [Theory]
    [InlineData("auto", 1, "the 45 KB between its layers stay in a cache")]
    [InlineData("off", 1, "EDGECONV_FUSION is off")]
    [InlineData("all", 1, null)]
    public void The_plan_says_why_a_block_runs_as_it_does(string mode, int threads, string? obstacle)
    {
        using CompiledModel model = Compile(Block("x", "y", residual: false).Output("y"), mode, threads);
        StreamedBlock block = Assert.Single(model.Blocks);
        Assert.Equal(obstacle, block.Obstacle);
        Assert.Equal(3, block.Nodes.Count);
    }

    [Fact]
    public void Large_images_are_streamed_unless_threads_would_compute_too_much_twice()
    {
        StreamedBlock Of(int height, int threads)
        {
            ModelBuilder builder = Block(Start(height, 400), "x", "y", residual: false).Output("y");
            using CompiledModel model = Compile(builder, "auto", threads);
            return Assert.Single(model.Blocks);
        }

        Assert.True(Of(60, 1).IsStreamed);
        Assert.True(Of(60, 3).IsStreamed);
        Assert.Equal("16 threads would compute 12 % twice", Of(60, 16).Obstacle);
    }

    [Fact]
    public void Columns_run_layer_by_layer_since_some_kernels_see_them_as_rows()
    {
        ModelBuilder Make() => Start(13, 1).Node("Conv", "x wide", "a").Node("Conv", "a depth", "d", Depthwise(12))
            .Node("GlobalAveragePool", "d", "p").Output("d").Output("p");
        PassCase.AssertSame(Run(Make(), "off", threads: 1), Run(Make(), "all", threads: 1));
    }

    [Fact]
    public void Another_value_of_the_variable_is_refused()
    {
        ConfigError error = Assert.Throws<ConfigError>(() => StreamRule.Choose("yes", threads: 1));
        Assert.Equal("EDGECONV_FUSION: 'yes' is neither auto, all nor off", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Streamed_and_layer_by_layer_plans_compute_the_same(int threads)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            float[][] layers = Run(RandomModel.Make(seed), "off", threads);
            PassCase.AssertSame(layers, Run(RandomModel.Make(seed), "all", threads));
        }

        for (int batch = 1; batch < 3; batch++)
        {
            ModelBuilder Make() => Block(Start(31, 23, batch), "x", "y", residual: true).Output("y");
            PassCase.AssertSame(Run(Make(), "off", threads), Run(Make(), "all", threads));
        }
    }

    private static ModelBuilder Start(int height = 20, int width = 24, int batch = 1) => new ModelBuilder()
        .Input("x", batch, 4, height, width)
        .Constant("wide", [12, 4, 1, 1], Numbers(12 * 4))
        .Constant("depth", [12, 1, 3, 3], Numbers(12 * 9))
        .Constant("depth4", [4, 1, 3, 3], Numbers(4 * 9))
        .Constant("narrow", [4, 12, 1, 1], Numbers(4 * 12))
        .Constant("narrow4", [4, 4, 1, 1], Numbers(4 * 4))
        .Constant("square", [12, 12, 1, 1], Numbers(12 * 12));

    private static ModelBuilder Block(string input, string output, bool residual) =>
        Block(Start(), input, output, residual);

    private static ModelBuilder Block(ModelBuilder builder, string input, string output, bool residual)
    {
        string suffix = input == "x" ? "" : output;
        builder.Node("Conv", $"{input} wide", "a" + suffix).Node("Relu", "a" + suffix, "b" + suffix)
            .Node("Conv", $"b{suffix} depth", "d" + suffix, Depthwise(12)).Node("Relu", "d" + suffix, "e" + suffix);
        return residual
            ? builder.Node("Conv", $"e{suffix} narrow", "p" + suffix).Node("Add", $"{input} p{suffix}", output)
            : builder.Node("Conv", $"e{suffix} narrow", output);
    }

    private static AttributeProto[] Depthwise(int channels) =>
        [ModelBuilder.Int("group", channels), ModelBuilder.Ints("pads", 1, 1, 1, 1)];

    private static float[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    // Without the changes of layout at the borders.
    private static string[] Steps(ModelBuilder builder, params string[] taps)
    {
        using CompiledModel model = Compile(builder, "all", threads: 1, taps);
        return [.. model.Graph.Nodes.Select(node => node.OperatorName).Where(name => name != "Transpose")];
    }

    private static CompiledModel Compile(ModelBuilder builder, string mode, int threads, params string[] taps) =>
        ModelCompiler.Compile(
            builder.Read(),
            new SessionOptions { Taps = taps, Threads = threads },
            rule: StreamRule.Choose(mode, threads));

    private static float[][] Run(ModelBuilder builder, string mode, int threads)
    {
        using EngineSession session = new(Compile(builder, mode, threads));
        SmallModels.Fill(session);
        session.Run();
        return [.. Enumerable.Range(0, session.Outputs.Count)
            .Select(i => session.GetOutput(i).AsSpan<float>().ToArray())];
    }
}
