using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;
using ConvolutionOperator = EdgeConv.Engine.Operators.Convolution;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>When the factors of squeeze-and-excitation go into the 1x1 convolution behind them.</summary>
public class FoldScaleTest
{
    private const int Channels = 6;

    [Fact]
    public void A_projection_takes_the_factors_in_with_its_residual_and_activation()
    {
        ModelBuilder builder = Excited().Node("Conv", "b project bias", "c").Node("Add", "c x", "d")
            .Node("Relu", "d", "y").Output("y");
        Assert.Equal(
            "Transpose Conv GlobalAveragePool Conv Conv Transpose",
            EngineCase.Rewritten(builder, PassLevel.ChannelsLast));
        using CompiledModel model = Compile(builder, threads: 1);
        Assert.Contains(model.Rewrites, rewrite => rewrite.Pass == FoldScale.Name);
        Assert.Contains(model.Graph.Nodes, node => node.Operator is ConvolutionOperator
        {
            HasScale: true, HasResidual: true, Activation.Kind: Kernels.ActivationKind.Relu,
        });
    }

    [Theory]
    [InlineData("b filter", 1)]
    [InlineData("b half", 2)]
    public void Other_convolutions_read_the_scaled_image(string inputs, int groups) =>
        RequireStep(EngineCase.Rewritten(
            Excited().Node("Conv", inputs, "y", ModelBuilder.Int("group", groups)).Output("y"),
            PassLevel.ChannelsLast));

    [Fact]
    public void A_scaled_image_with_other_readers_is_made()
    {
        ModelBuilder[] models =
        [
            Excited().Node("Conv", "b project", "y").Output("y").Output("b"),
            Excited().Node("Conv", "b project", "c").Node("Neg", "b", "n").Output("c").Output("n"),
        ];
        foreach (ModelBuilder model in models)
            RequireStep(EngineCase.Rewritten(model, PassLevel.ChannelsLast));
        RequireStep(EngineCase.Rewritten(
            Excited(batch: 1).Node("Conv", "b project", "y").Output("y"), PassLevel.ChannelsLast, "b"));
    }

    [Fact]
    public void A_factor_of_a_signal_is_folded_too() => Assert.Equal(
        "Transpose Conv GlobalAveragePool Conv Conv Transpose",
        EngineCase.Rewritten(
            new ModelBuilder().Input("x", 2, 4, 19).Constant("wide", [4, 4, 1], Numbers(16))
                .Node("Conv", "x wide", "a").Node("GlobalAveragePool", "a", "p").Node("Conv", "p wide", "e")
                .Node("Sigmoid", "e", "s").Node("Mul", "a s", "b").Node("Conv", "b wide", "y").Output("y"),
            PassLevel.ChannelsLast));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_shapes_batches_and_threads_compute_what_a_step_of_its_own_computes(int threads)
    {
        Random random = new(threads);
        for (int seed = 0; seed < 60; seed++)
        {
            (int inputs, int outputs) = (random.Next(2, 70), random.Next(1, 70));
            (int height, int width) = (random.Next(1, 30), random.Next(1, 30));
            ModelBuilder model = Random((random.Next(1, 4), inputs, outputs, height, width), seed);
            PassCase.AssertSame(Run(model, 1, PassLevel.Fuse), Run(model, threads, PassLevel.StreamRows));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_single_channel_is_scaled_by_a_step_of_its_own(int outputs)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            ModelBuilder model = Random((2, 1, outputs, 9, 8), seed);
            PassCase.AssertSame(Run(model, 1, PassLevel.Fuse), Run(model, 2, PassLevel.StreamRows, isFolded: false));
        }
    }

    [Fact]
    public void NaN_in_a_pixel_stays_in_that_pixel()
    {
        ModelBuilder model = Random((3, 20, 5, 9, 9), seed: 1);
        using EngineSession session = new(Compile(model, threads: 2));
        SmallModels.Fill(session);
        Span<float> x = session.GetInput(0).AsSpan<float>();
        x[(x.Length / 3) + (9 * 9 * 3) + 7] = float.NaN;
        session.Run();
        float[] y = session.GetOutput(0).AsSpan<float>().ToArray();
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(i / (y.Length / 3) == 1 && i % (9 * 9) == 7, float.IsNaN(y[i]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Runs_allocate_nothing(int threads)
    {
        using EngineSession session = new(Compile(Random((2, 40, 30, 29, 31), seed: 1), threads));
        SmallModels.Fill(session);
        Assert.Equal(0, Allocation.Least(session.Run));
    }

    private static void RequireStep(string operators) => Assert.Contains("Mul", operators.Split(' '));

    private static ModelBuilder Excited(int batch = 2) => new ModelBuilder().Input("x", batch, 4, 6, 5)
        .Constant("wide", [Channels, 4, 1, 1], Numbers(Channels * 4))
        .Constant("square", [Channels, Channels, 1, 1], Numbers(Channels * Channels))
        .Constant("project", [4, Channels, 1, 1], Numbers(4 * Channels))
        .Constant("bias", [4], Numbers(4))
        .Constant("filter", [4, Channels, 2, 2], Numbers(16 * Channels))
        .Constant("half", [4, Channels / 2, 1, 1], Numbers(2 * Channels))
        .Node("Conv", "x wide", "a").Node("GlobalAveragePool", "a", "p").Node("Conv", "p square", "e")
        .Node("Sigmoid", "e", "s").Node("Mul", "a s", "b");

    // The image is a convolution's, so that it has channels last; the factors come from outside.
    private static ModelBuilder Random(
        (int Batch, int Inputs, int Outputs, int Height, int Width) extents, int seed)
    {
        (int batch, int inputs, int outputs, int height, int width) = extents;
        ModelBuilder builder = new ModelBuilder().Input("x", batch, inputs, height, width)
            .Input("s", batch, inputs, 1, 1)
            .Constant("square", [inputs, inputs, 1, 1], Numbers(inputs * inputs))
            .Constant("project", [outputs, inputs, 1, 1], Numbers(outputs * inputs))
            .Constant("bias", [outputs], Numbers(outputs))
            .Node("Conv", "x square", "a").Node("Mul", seed % 2 == 0 ? "a s" : "s a", "b")
            .Node("Conv", seed % 3 == 0 ? "b project" : "b project bias", "c");
        if (seed % 4 == 0)
            return builder.Node("HardSwish", "c", "y").Output("y");
        if (seed % 4 != 1 || inputs != outputs)
            return builder.Node("Relu", "c", "y").Output("y");
        return builder.Node("Add", "c x", "y").Output("y");
    }

    private static float[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static CompiledModel Compile(
        ModelBuilder builder, int threads, PassLevel level = PassLevel.StreamRows) => ModelCompiler.Compile(
            builder.Read(), new SessionOptions { Threads = threads }, level);

    private static float[][] Run(ModelBuilder builder, int threads, PassLevel level, bool isFolded = true)
    {
        using CompiledModel model = Compile(builder, threads, level);
        Assert.Equal(
            isFolded && level == PassLevel.StreamRows,
            model.Graph.Nodes.Exists(node => node.Operator is ConvolutionOperator { HasScale: true }));
        using EngineSession session = new(model);
        SmallModels.Fill(session);
        session.Run();
        return [session.GetOutput(0).AsSpan<float>().ToArray()];
    }
}
