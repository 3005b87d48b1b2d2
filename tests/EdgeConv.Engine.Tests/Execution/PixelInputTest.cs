using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Engine.Tests.Passes;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

/// <summary>Sessions that take bytes give what the model gives of the floats that the bytes become.</summary>
public class PixelInputTest
{
    private static readonly PixelInput Usual = new()
    {
        Mean = [123.675f, 116.28f, 103.53f],
        Scale = [1 / 58.395f, 1 / 57.12f, 1 / 57.375f],
    };

    [Theory]
    [InlineData(1, "off", true)]
    [InlineData(1, "all", true)]
    [InlineData(2, "off", false)]
    [InlineData(3, "all", true)]
    public void A_network_gives_the_same_of_bytes(int threads, string fusion, bool isPlanar)
    {
        foreach (bool isReversed in (bool[])[false, true])
        {
            foreach ((int height, int width) in ((int, int)[])[(2, 2), (9, 40), (33, 25), (64, 48)])
            {
                PixelInput pixels = Usual with { IsReversed = isReversed };
                ModelBuilder Make() => Network(height, width, isPlanar);
                using EngineSession floats = Start(Make(), null, threads, fusion);
                using EngineSession bytes = Start(Make(), pixels, threads, fusion);
                Fill(bytes, floats, pixels, isPlanar);
                PassCase.AssertSame(Results(floats), Results(bytes));
            }
        }
    }

    [Fact]
    public void Without_padding_they_are_the_same_bit_for_bit()
    {
        ModelBuilder Make() => new ModelBuilder().Input("x", 1, 3, 61, 83)
            .Constant("w", [24, 3, 3, 3], Numbers(24 * 27)).Constant("b", Numbers(24))
            .Node("Conv", "x w b", "y", ModelBuilder.Ints("strides", 2, 2)).Output("y");
        using EngineSession floats = Start(Make(), null, 1, "auto");
        using EngineSession bytes = Start(Make(), Usual, 1, "auto");
        Fill(bytes, floats, Usual, isPlanar: true);
        Assert.Equal(Results(floats), Results(bytes));
    }

    [Fact]
    public void The_input_says_what_is_done_to_its_bytes()
    {
        using EngineSession session = Start(Network(20, 30, isPlanar: true), Usual, 1, "auto");
        TensorInfo input = Assert.Single(session.Inputs);
        Assert.Equal("x", input.Name);
        Assert.Equal(DataType.UInt8, input.Type);
        Assert.Equal(new Shape(2, 20, 30, 3), input.Shape);
        Assert.Same(Usual, input.Pixels);
        Assert.Equal(DataType.UInt8, session.GetInput(0).Type);
        Assert.Equal(["Conv", "Conv"], session.Nodes.Take(2).Select(node => node.OperatorName));
        Assert.StartsWith("U8Pixels", session.Nodes[0].Operator!.KernelName, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_picture_stays_as_it_is()
    {
        Assert.Null(InfoOf(new ModelBuilder().Input("x", 1, 7, 8, 8).Node("Neg", "x", "y").Output("y")).Pixels);
        Assert.Null(InfoOf(new ModelBuilder().Input("x", 1, 3, 1, 80).Node("Neg", "x", "y").Output("y")).Pixels);
        Assert.Null(InfoOf(new ModelBuilder().Input("x", 1, 3, 8).Node("Neg", "x", "y").Output("y")).Pixels);
        Assert.Null(InfoOf(new ModelBuilder().Input("x", 1, 1, 8, 8).Node("Neg", "x", "y").Output("y")).Pixels);
        Assert.Null(InfoOf(new ModelBuilder().Input("x", 1, 3, 8, 8).Input("z", 1, 3, 8, 8)
            .Node("Add", "x z", "y").Output("y")).Pixels);
        TensorInfo picture = InfoOf(new ModelBuilder().Input("x", 1, 3, 8, 8).Node("Neg", "x", "y").Output("y"));
        Assert.Equal(new Shape(1, 8, 8, 3), picture.Shape);
    }

    [Theory]
    [InlineData("MaxPool", "NormalizePixels MaxPool")]
    [InlineData("Neg", "NormalizePixels Neg")]
    public void Where_no_convolution_reads_it_floats_are_made(string first, string expected)
    {
        ModelBuilder Make() => new ModelBuilder().Input("x", 1, 3, 12, 14).Node(first, "x", "y",
            first == "Neg" ? [] : [ModelBuilder.Ints("kernel_shape", 2, 2)]).Output("y");
        using EngineSession floats = Start(Make(), null, 2, "auto"), bytes = Start(Make(), Usual, 2, "auto");
        Fill(bytes, floats, Usual, isPlanar: true);
        Assert.Equal(Results(floats), Results(bytes));
        Assert.Equal(expected, string.Join(' ', bytes.Nodes.Select(node => node.OperatorName)));
    }

    [Fact]
    public void A_picture_that_is_an_output_or_read_twice_is_made_once()
    {
        ModelBuilder Make() => new ModelBuilder().Input("x", 1, 3, 12, 14)
            .Constant("w", [5, 3, 3, 3], Numbers(5 * 27)).Constant("u", [4, 3, 1, 1], Numbers(12))
            .Node("Conv", "x w", "y").Node("Conv", "x u", "z").Output("y").Output("z").Output("x");
        using EngineSession floats = Start(Make(), null, 1, "auto"), bytes = Start(Make(), Usual, 1, "auto");
        Fill(bytes, floats, Usual, isPlanar: true);
        PassCase.AssertSame(Results(floats), Results(bytes));
        Assert.Equal(1, bytes.Nodes.Count(node => node.OperatorName == "NormalizePixels"));
    }

    [Fact]
    public void Taps_of_the_picture_and_of_the_first_layer_are_as_of_floats()
    {
        ModelBuilder Make() => Network(21, 34, isPlanar: true, batch: 1);
        SessionOptions options = new() { Taps = ["x", "a"] };
        using EngineSession floats = new(ModelCompiler.Compile(Make().Read(), options));
        using EngineSession bytes = new(ModelCompiler.Compile(Make().Read(), options with { Pixels = Usual }));
        Fill(bytes, floats, Usual, isPlanar: true);
        PassCase.AssertSame(Results(floats), Results(bytes));
        for (int tap = 0; tap < 2; tap++)
            PassCase.AssertSame([floats.GetTap(tap).ToArray()], [bytes.GetTap(tap).ToArray()]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Runs_allocate_nothing(int threads)
    {
        using EngineSession session = Start(Network(64, 48, isPlanar: true), Usual, threads, "auto");
        Assert.Equal(0, Allocation.Least(session.Run));
    }

    [Fact]
    public void The_floats_of_a_picture_are_never_in_memory()
    {
        using EngineSession floats = Start(SmallModels.MobileNetV2Head(), null, 1, "auto");
        using EngineSession bytes = Start(SmallModels.MobileNetV2Head(), Usual, 1, "auto");
        Assert.Equal(224 * 224 * 3, bytes.GetInput(0).ByteLength);
        Assert.InRange(bytes.ArenaBytes, 1, floats.ArenaBytes + (16 * 1024));
    }

    private static TensorInfo InfoOf(ModelBuilder builder)
    {
        using EngineSession session = Start(builder, Usual, 1, "auto");
        return session.Inputs[0];
    }

    private static EngineSession Start(ModelBuilder builder, PixelInput? pixels, int threads, string fusion) =>
        new(ModelCompiler.Compile(
            builder.Read(),
            new SessionOptions { Pixels = pixels, Threads = threads },
            rule: StreamRule.Choose(fusion, threads)));

    // A stem, a depthwise-separable block, and a mean; channels last as TensorFlow has them, or not.
    private static ModelBuilder Network(int height, int width, bool isPlanar, int batch = 2)
    {
        ModelBuilder builder = isPlanar
            ? new ModelBuilder().Input("x", batch, 3, height, width)
            : new ModelBuilder().Input("x", batch, height, width, 3)
                .Node("Transpose", "x", "t", ModelBuilder.Ints("perm", 0, 3, 1, 2));
        return builder
            .Constant("stem", [16, 3, 3, 3], Numbers(16 * 27)).Constant("depth", [16, 1, 3, 3], Numbers(16 * 9))
            .Constant("wide", [24, 16, 1, 1], Numbers(24 * 16))
            .Node("Conv", isPlanar ? "x stem" : "t stem", "a", Same(2)).Node("Relu", "a", "r")
            .Node("Conv", "r depth", "d", [.. Same(1), ModelBuilder.Int("group", 16)])
            .Node("Conv", "d wide", "e").Node("GlobalAveragePool", "e", "y").Output("y").Output("e");
    }

    private static AttributeProto[] Same(int stride) =>
        [ModelBuilder.Ints("pads", 1, 1, 1, 1), ModelBuilder.Ints("strides", stride, stride)];

    private static float[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - .5f) / 2)];
    }

    private static void Fill(EngineSession bytes, EngineSession floats, PixelInput pixels, bool isPlanar)
    {
        Span<byte> from = bytes.GetInput(0).AsBytes();
        new Random(from.Length).NextBytes(from);
        Span<float> to = floats.GetInput(0).AsSpan<float>();
        int plane = bytes.Inputs[0].Shape[1] * bytes.Inputs[0].Shape[2];
        for (int i = 0; i < from.Length; i++)
        {
            int pixel = i / 3, c = pixels.IsReversed ? 2 - (i % 3) : i % 3, image = pixel / plane;
            to[isPlanar ? (((image * 3) + c) * plane) + (pixel % plane) : (pixel * 3) + c] =
                (from[i] - pixels.Mean[c]) * pixels.Scale[c];
        }
    }

    private static float[][] Results(EngineSession session)
    {
        session.Run();
        return [.. Enumerable.Range(0, session.Outputs.Count).Select(i => session.GetOutput(i).AsSpan<float>().ToArray())];
    }
}
