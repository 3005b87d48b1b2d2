using EdgeConv.Core;
using EdgeConv.Engine.Tests.Onnx;

namespace EdgeConv.Engine.Tests.Execution;

/// <summary>Models that tests build themselves.</summary>
internal static class SmallModels
{
    private const int Blocks = 3;

    /// <summary>
    /// Three times depthwise 3x3, ReLU, pointwise 1x1, ReLU over <c>[1,channels,size,size]</c>; values d0,
    /// e0, p0, q0, d1 and so on.
    /// </summary>
    public static ModelBuilder SeparableBlocks(int size = 16, int channels = 8)
    {
        Random random = new(3);
        ModelBuilder builder = new ModelBuilder().Input("x", 1, channels, size, size);
        string last = "x";
        for (int i = 0; i < Blocks; i++)
        {
            builder.Constant($"wd{i}", [channels, 1, 3, 3], Values(random, channels * 9))
                .Constant($"wp{i}", [channels, channels, 1, 1], Values(random, channels * channels))
                .Node("Conv", $"{last} wd{i}", $"d{i}",
                    ModelBuilder.Int("group", channels), ModelBuilder.Ints("pads", 1, 1, 1, 1))
                .Node("Relu", $"d{i}", $"e{i}")
                .Node("Conv", $"e{i} wp{i}", $"p{i}")
                .Node("Relu", $"p{i}", last = $"q{i}");
        }

        return builder.Output(last);
    }

    /// <summary>Fills all inputs with numbers in -1..1.</summary>
    public static void Fill(ISession session, int seed = 1)
    {
        Random random = new(seed);
        for (int i = 0; i < session.Inputs.Count; i++)
            Values(random, session.GetInput(i).Length).CopyTo(session.GetInput(i).AsSpan<float>());
    }

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
