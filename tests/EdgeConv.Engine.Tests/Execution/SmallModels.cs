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

    /// <summary>
    /// The first layers of MobileNetV2 at 224, which decide its arena: the stem and three inverted residual
    /// blocks (Sandler et al., "MobileNetV2", 2018, table 2), ReLU6 left out.
    /// </summary>
    public static ModelBuilder MobileNetV2Head()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 3, 224, 224);
        Convolution(builder, "x", "stem", inputs: 3, outputs: 32, kernel: 3, stride: 2);
        Block(builder, "stem", "b0", (32, 32, 16), stride: 1);
        Block(builder, "b0", "b1", (16, 96, 24), stride: 2);
        Block(builder, "b1", "b2", (24, 144, 24), stride: 1);
        return builder.Node("Add", "b1 b2", "y").Output("y");
    }

    /// <summary>Fills all inputs with numbers in -1..1.</summary>
    public static void Fill(ISession session, int seed = 1)
    {
        Random random = new(seed);
        for (int i = 0; i < session.Inputs.Count; i++)
            Values(random, session.GetInput(i).Length).CopyTo(session.GetInput(i).AsSpan<float>());
    }

    private static void Block(
        ModelBuilder builder, string from, string to, (int In, int Expanded, int Out) channels, int stride)
    {
        string expanded = from;
        if (channels.Expanded != channels.In)
        {
            expanded = $"{to}_expand";
            Convolution(builder, from, expanded, channels.In, channels.Expanded, kernel: 1, stride: 1);
        }

        Convolution(builder, expanded, $"{to}_filter", channels.Expanded, channels.Expanded, 3, stride, true);
        Convolution(builder, $"{to}_filter", to, channels.Expanded, channels.Out, kernel: 1, stride: 1);
    }

    private static void Convolution(
        ModelBuilder builder,
        string from,
        string to,
        int inputs,
        int outputs,
        int kernel,
        int stride,
        bool isDepthwise = false)
    {
        int pad = kernel / 2, groups = isDepthwise ? inputs : 1;
        float[] weights = Values(new Random(outputs), outputs * inputs / groups * kernel * kernel);
        builder.Constant($"{to}_weights", [outputs, inputs / groups, kernel, kernel], weights)
            .Node("Conv", $"{from} {to}_weights", to,
                ModelBuilder.Int("group", groups),
                ModelBuilder.Ints("pads", pad, pad, pad, pad),
                ModelBuilder.Ints("strides", stride, stride));
    }

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
