using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class HostileModelTest
{
    private const int Mutations = 4000;
    private const long RunnableMultiplyAdds = 20_000_000;

    /// <summary>
    /// Changed bytes, as a broken disk or a hostile author leaves them, end in an error or a run.
    /// </summary>
    [Fact]
    public void A_mutated_model_is_refused_or_runs()
    {
        byte[] model = SmallModels.SeparableBlocks(8).ToBytes();
        Random random = new(20);
        int ran = 0;
        for (int i = 0; i < Mutations; i++)
            ran += TryRun(Mutate(model, random)) ? 1 : 0;
        Assert.InRange(ran, 1, Mutations - 1);
    }

    /// <summary>Sums of stride, pad and reach do not leave 32 bits.</summary>
    [Theory]
    [InlineData("Conv", 100)]
    [InlineData("Conv", 1 << 28)]
    [InlineData("Conv", int.MaxValue)]
    [InlineData("MaxPool", int.MaxValue)]
    [InlineData("AveragePool", int.MaxValue)]
    public void A_stride_beyond_the_input_makes_one_window(string operation, int stride)
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 1, 6).Constant("w", [1, 1, 5], 1, 1, 1, 1, 1);
        byte[] model = builder.Node(operation, operation == "Conv" ? "x w" : "x", "y",
            ModelBuilder.Ints("kernel_shape", 5), ModelBuilder.Ints("pads", 2, 2),
            ModelBuilder.Ints("strides", stride)).Output("y").ToBytes();
        using ISession session = EngineSessionFactory.Load(OnnxReader.Parse(model, "m.onnx"), new SessionOptions());
        float[] values = [1, 2, 3, 4, 5, 6];
        values.CopyTo(session.GetInput(0).AsSpan<float>());
        session.Run();
        float expected = operation switch { "Conv" => 6, "MaxPool" => 3, _ => 2 };
        Assert.Equal([expected], session.GetOutput(0).AsSpan<float>().ToArray());
    }

    [Theory]
    [InlineData(1 << 29, 1 << 29)]
    [InlineData(1 << 28, 1 << 29)]
    public void Windows_too_far_apart_are_refused(int pad, int stride)
    {
        byte[] model = new ModelBuilder().Input("x", 1, 1, 6).Node("MaxPool", "x", "y",
            ModelBuilder.Ints("kernel_shape", 5), ModelBuilder.Ints("pads", pad, pad),
            ModelBuilder.Ints("strides", stride)).Output("y").ToBytes();
        ModelError error = Assert.Throws<ModelError>(
            () => EngineSessionFactory.Load(OnnxReader.Parse(model, "m.onnx"), new SessionOptions()));
        Assert.Contains("exceed 268435456 elements", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The bytes of the rows under the kernel leave 32 bits and come back as -4.</summary>
    [Fact]
    public void A_depthwise_kernel_much_taller_than_the_image_reads_what_lies_under_it()
    {
        const int Rows = 32767, Width = 32769, Channels = 2;
        float[] weights = new float[Channels * Rows];
        (weights[Rows - 1], weights[^1]) = (3, 5);
        byte[] model = new ModelBuilder().Input("x", 1, Channels, 1, Width)
            .Constant("w", [Channels, 1, Rows, 1], weights)
            .Node("Conv", "x w", "y", ModelBuilder.Int("group", Channels),
                ModelBuilder.Ints("pads", Rows - 1, 0, 0, 0), ModelBuilder.Ints("strides", 1, Width - 1))
            .Output("y").ToBytes();
        using ISession session =
            EngineSessionFactory.Load(OnnxReader.Parse(model, "m.onnx"), new SessionOptions());
        session.GetInput(0).AsSpan<float>().Fill(2);
        session.Run();
        Assert.Equal([6, 6, 10, 10], session.GetOutput(0).AsSpan<float>().ToArray());
    }

    private static byte[] Mutate(byte[] model, Random random)
    {
        byte[] mutated = [.. model];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
        return random.Next(10) == 0 ? mutated[..random.Next(mutated.Length)] : mutated;
    }

    private static bool TryRun(byte[] model)
    {
        try
        {
            using ISession session = EngineSessionFactory.Load(
                OnnxReader.Parse(model, "m.onnx"), new SessionOptions { Taps = ["p2"] });
            if (session.MultiplyAdds <= RunnableMultiplyAdds)
                session.Run();
            return true;
        }
        catch (ModelError)
        {
            return false;
        }
    }
}
