using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Convolution;

public class FusionTest
{
    // The sums are the kernels' in float and the definition's in double: what is left of large terms that
    // cancel differs by more than its own rounding.
    [Fact]
    public void Fused_and_unfused_graphs_compute_the_same()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            float[][] plain = Run(RandomModel.Make(seed), PassLevel.None);
            float[][] fused = Run(RandomModel.Make(seed), PassLevel.ChannelsLast);
            for (int i = 0; i < plain.Length; i++)
            {
                Assert.Equal(plain[i].Length, fused[i].Length);
                float largest = plain[i].Max(Math.Abs);
                for (int k = 0; k < plain[i].Length; k++)
                    Assert.Equal(plain[i][k], fused[i][k], 1e-4f * Math.Max(1, largest));
            }
        }
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Clip")]
    [InlineData("Sigmoid")]
    [InlineData("HardSwish")]
    [InlineData("Silu")]
    [InlineData("HardSwish of HardSigmoid")]
    [InlineData("HardSwish written out")]
    [InlineData("HardSwish written out with a product")]
    [InlineData("HardSigmoid")]
    public void An_activation_goes_into_the_convolution_before_it(string form)
    {
        ModelBuilder builder = RandomModel.Convolution(14);
        RandomModel.Activation(builder, form, "c", "y");
        Assert.Equal(["Conv"], Operators(builder.Output("y")));
        float[][] plain = Run(Again(), PassLevel.None), fused = Run(Again(), PassLevel.ChannelsLast);
        Assert.All(plain[0].Zip(fused[0]), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));

        ModelBuilder Again()
        {
            ModelBuilder again = RandomModel.Convolution(14);
            RandomModel.Activation(again, form, "c", "y");
            return again.Output("y");
        }
    }

    [Fact]
    public void A_residual_and_the_activation_behind_it_go_into_the_convolution() =>
        Assert.Equal(["Conv"], Operators(
            RandomModel.Convolution(14).Node("Add", "x c", "s").Node("Relu", "s", "y").Output("y")));

    [Fact]
    public void An_activation_before_the_addition_keeps_the_addition_apart() =>
        Assert.Equal(["Conv", "Add"], Operators(
            RandomModel.Convolution(14).Node("Relu", "c", "r").Node("Add", "x r", "y").Output("y")));

    [Fact]
    public void A_value_that_the_graph_outputs_is_not_fused_away() =>
        Assert.Equal(["Conv", "Relu"], Operators(
            RandomModel.Convolution(14).Node("Relu", "c", "y").Output("y").Output("c")));

    [Fact]
    public void A_value_that_is_read_twice_is_not_fused_away() =>
        Assert.Equal(["Conv", "Relu", "Neg"], Operators(
            RandomModel.Convolution(14).Node("Relu", "c", "y").Node("Neg", "c", "z").Output("y")
                .Output("z")));

    [Fact]
    public void A_tapped_value_that_is_read_twice_is_not_fused_away() =>
        Assert.Equal(["Conv", "Relu", "Neg"], Operators(
            RandomModel.Convolution(14).Node("Relu", "c", "y").Node("Neg", "c", "z").Output("y")
                .Output("z"), "c"));

    // Without the changes of layout at the borders.
    private static string[] Operators(ModelBuilder builder, params string[] taps)
    {
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new SessionOptions { Taps = taps });
        return [.. model.Graph.Nodes.Select(node => node.OperatorName).Where(name => name != "Transpose")];
    }

    private static float[][] Run(ModelBuilder builder, PassLevel passes)
    {
        using EngineSession session =
            new(ModelCompiler.Compile(builder.Read(), new SessionOptions(), passes));
        SmallModels.Fill(session);
        session.Run();
        return [.. Enumerable.Range(0, session.Outputs.Count)
            .Select(i => session.GetOutput(i).AsSpan<float>().ToArray())];
    }
}
