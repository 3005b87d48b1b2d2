using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Convolution;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>When a convolution reduces its output itself, and that taps and outputs stay what they are.</summary>
public class FuseStatisticsTest
{
    [Theory]
    [InlineData("Relu")]
    [InlineData("Clip")]
    [InlineData("Silu")]
    [InlineData("HardSwish")]
    public void A_tap_before_an_activation_lets_it_go_into_the_convolution(string form)
    {
        ModelBuilder builder = RandomModel.Convolution(14);
        RandomModel.Activation(builder, form, "c", "y");
        Assert.Equal("Conv", Steps(builder.Output("y"), "c"));
        Assert.Equal("Conv", Steps(builder, "c", "y"));
    }

    [Fact]
    public void A_mean_over_all_positions_is_the_convolutions() =>
        Assert.Equal("Conv Neg", Steps(RandomModel.Convolution(14).Node("Relu", "c", "r")
            .Node("GlobalAveragePool", "r", "m").Node("Neg", "m", "y").Output("y")));

    [Fact]
    public void A_tapped_image_that_is_averaged_is_averaged_by_a_step_of_its_own() =>
        Assert.Equal("Conv GlobalAveragePool", Steps(RandomModel.Convolution(14)
            .Node("GlobalAveragePool", "c", "y").Output("y"), "c"));

    [Fact]
    public void Several_images_at_once_are_averaged_by_a_step_of_its_own() =>
        Assert.Equal("Conv GlobalAveragePool", Steps(new ModelBuilder().Input("x", 2, 3, 9, 9)
            .Constant("w", [5, 3, 1, 1], new float[15]).Node("Conv", "x w", "c")
            .Node("GlobalAveragePool", "c", "y").Output("y")));

    [Fact]
    public void A_tapped_output_of_the_model_stays()
    {
        ModelBuilder builder = RandomModel.Convolution(14).Node("Relu", "c", "y").Output("y").Output("c");
        Assert.Equal("Conv Relu", Steps(builder, "c"));
    }

    [Fact]
    public void The_plan_says_what_is_reduced()
    {
        ModelBuilder builder = RandomModel.Convolution(14).Node("Relu", "c", "y").Output("y");
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new() { Taps = ["c"] });
        Assert.Contains(model.Rewrites, rewrite => rewrite.Pass == FuseStatistics.Name
            && rewrite.What == "TapStatistics went into 'Conv@c'");
        Assert.Equal("c", Assert.Single(model.Taps).Name);
    }

    [Theory]
    [InlineData(1, "off")]
    [InlineData(1, "all")]
    [InlineData(2, "all")]
    [InlineData(3, "off")]
    public void Taps_and_outputs_of_any_model_are_those_of_the_plain_graph(int threads, string mode)
    {
        int tapped = 0;
        for (int seed = 0; seed < 150; seed++)
        {
            string[] taps = Taps(seed);
            if (taps.Length == 0)
                continue;
            SessionOptions options = new() { Taps = taps, Threads = threads };
            using EngineSession plain = new(
                ModelCompiler.Compile(RandomModel.Make(seed).Read(), options, PassLevel.None));
            using EngineSession full = new(ModelCompiler.Compile(
                RandomModel.Make(seed).Read(), options, rule: StreamRule.Choose(mode, threads)));
            foreach (EngineSession session in (EngineSession[])[plain, full])
                SmallModels.Fill(session);
            for (int run = 0; run < 2; run++)
            {
                plain.Run();
                full.Run();
            }

            RequireSame(plain, full, $"seed {seed}");
            tapped += taps.Length;
        }

        Assert.True(tapped > 300, $"{tapped} taps");
    }

    private static void RequireSame(EngineSession plain, EngineSession full, string where)
    {
        for (int i = 0; i < plain.Outputs.Count; i++)
        {
            RequireNear(
                plain.GetOutput(i).AsSpan<float>().ToArray(), full.GetOutput(i).AsSpan<float>().ToArray(), where);
        }

        for (int i = 0; i < plain.Taps.Count; i++)
        {
            Assert.Equal(plain.Taps[i], full.Taps[i]);
            float[] expected = plain.GetTap(i).ToArray(), actual = full.GetTap(i).ToArray();
            int channels = expected.Length / 2;
            RequireNear(expected[..channels], actual[..channels], $"{where}, {plain.Taps[i]}");
            RequireNear(expected[channels..], actual[channels..], $"{where}, {plain.Taps[i]}");
        }
    }

    private static void RequireNear(float[] expected, float[] actual, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        float largest = expected.Select(Math.Abs).DefaultIfEmpty().Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-4f * Math.Max(1, largest), $"{i} {where}");
    }

    // Some of the images of a model.
    private static string[] Taps(int seed)
    {
        using CompiledModel model =
            ModelCompiler.Compile(RandomModel.Make(seed).Read(), new SessionOptions(), PassLevel.None);
        string[] images = [.. model.Graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>()
            .Where(value => value is { Type: DataType.Float32, Shape: { Rank: 4, ElementCount: > 0 } shape } && shape[0] == 1)
            .Select(value => value.Name)];
        Random random = new(seed);
        random.Shuffle(images);
        return images[..Math.Min(images.Length, 4)];
    }

    // Without the changes of layout at the borders.
    private static string Steps(ModelBuilder builder, params string[] taps)
    {
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new SessionOptions { Taps = taps });
        return string.Join(' ', model.Graph.Nodes.Select(node => node.OperatorName).Where(name => name != "Transpose"));
    }
}
