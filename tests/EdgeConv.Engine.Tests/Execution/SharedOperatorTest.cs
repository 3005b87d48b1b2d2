using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

/// <summary>Steps that pass over memory once, cut into shares.</summary>
public class SharedOperatorTest
{
    // More elements than four threads want for a share each, and no extent that they divide.
    private const int Channels = 74;
    private const int Height = 29;
    private const int Width = 33;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_number_of_threads_gives_what_one_gives(int threads)
    {
        float[][] one = Outputs(1), many = Outputs(threads);
        for (int output = 0; output < one.Length; output++)
        {
            for (int i = 0; i < one[output].Length; i++)
                Assert.Equal(one[output][i], many[output][i], 1e-5f);
        }
    }

    [Fact]
    public void The_model_is_made_of_such_steps()
    {
        using EngineSession session = Session(1);
        Assert.Equal(
            ["MaxPool", "AveragePool", "GlobalAveragePool", "Mul", "Silu", "ChannelShuffle"],
            session.Nodes.Where(node => node.Operator is SharedOperator).Select(node => node.OperatorName));
    }

    private static float[][] Outputs(int threads)
    {
        using EngineSession session = Session(threads);
        SmallModels.Fill(session);
        session.Run();
        return [.. Enumerable.Range(0, session.Outputs.Count)
            .Select(i => session.GetOutput(i).AsSpan<float>().ToArray())];
    }

    private static EngineSession Session(int threads) => (EngineSession)EngineSessionFactory.Load(
        Model().Read(), new SessionOptions { Threads = threads });

    private static ModelBuilder Model()
    {
        Random random = new(5);
        float[] weights = [.. Enumerable.Range(0, Channels * Channels).Select(_ => random.NextSingle() - 0.5f)];
        return new ModelBuilder().Input("x", 1, Channels, Height, Width)
            .Constant("w", [Channels, Channels, 1, 1], weights)
            .Node("Conv", "x w", "a")
            .Node("MaxPool", "a", "b",
                ModelBuilder.Ints("kernel_shape", 3, 3), ModelBuilder.Ints("pads", 1, 1, 1, 1))
            .Node("AveragePool", "b", "c",
                ModelBuilder.Ints("kernel_shape", 3, 3), ModelBuilder.Ints("pads", 1, 1, 1, 1),
                ModelBuilder.Int("count_include_pad", 1))
            .Node("GlobalAveragePool", "c", "d")
            .Node("Conv", "d w", "e")
            .Node("Mul", "c e", "f")
            .Node("Sigmoid", "f", "s")
            .Node("Mul", "f s", "g")
            .Node("Concat", "f g", "h", ModelBuilder.Int("axis", 1))
            .Integers("five", 1, 2, Channels, Height, Width).Integers("four", 1, 2 * Channels, Height, Width)
            .Node("Reshape", "h five", "i")
            .Node("Transpose", "i", "j", ModelBuilder.Ints("perm", 0, 2, 1, 3, 4))
            .Node("Reshape", "j four", "k").Output("g").Output("k");
    }
}
