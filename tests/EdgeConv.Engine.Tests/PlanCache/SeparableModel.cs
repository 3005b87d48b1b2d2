using EdgeConv.Core;
using EdgeConv.Engine.Tests.Onnx;

namespace EdgeConv.Engine.Tests.PlanCache;

/// <summary>
/// A small network of every kind of layer whose weights are packed, for pictures of any size, in a file.
/// </summary>
internal sealed class SeparableModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-plan").FullName;

    public SeparableModel() => Write(seed: 1);

    public string Path => System.IO.Path.Combine(_folder, "net.onnx");

    public string Plans => System.IO.Path.Combine(_folder, "plans");

    public static SessionOptions Sized(int height, int width) => new()
    {
        InputShapes = new Dictionary<string, Shape> { ["x"] = new Shape(1, 3, height, width) },
    };

    public void Write(int seed)
    {
        Random random = new(seed);
        float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - .5f) / 4)];
        byte[] bytes = new ModelBuilder()
            .Input("x", 1, 3, -1, -1)
            .Constant("w1", [40, 3, 3, 3], Weights(40 * 27)).Constant("b1", Weights(40))
            .Constant("w2", [40, 1, 3, 3], Weights(40 * 9))
            .Constant("w3", [72, 40, 1, 1], Weights(72 * 40)).Constant("b3", Weights(72))
            .Constant("w4", [72, 1, 5, 5], Weights(72 * 25))
            .Constant("w5", [48, 72, 3, 3], Weights(48 * 72 * 9))
            .Constant("w8", [16, 72, 1, 1], Weights(16 * 72))
            .Constant("w6", [100, 64], Weights(100 * 64)).Constant("b6", Weights(100))
            .Constant("w7", [100, 30], Weights(3000))
            .Node("Conv", "x w1 b1", "c1", Same(2, 1)).Node("Relu", "c1", "r1")
            .Node("Conv", "r1 w2", "c2", [.. Same(1, 1), ModelBuilder.Int("group", 40)])
            .Node("Conv", "c2 w3 b3", "c3")
            .Node("Conv", "c3 w4", "c4", [.. Same(1, 2), ModelBuilder.Int("group", 72)]).Node("Relu", "c4", "r4")
            .Node("Conv", "r4 w5", "c5", Same(2, 1))
            .Node("Conv", "r4 w8", "c8", Same(2, 0))
            .Node("Concat", "c8 c5", "j", ModelBuilder.Int("axis", 1)).Node("GlobalAveragePool", "j", "p").Node("Flatten", "p", "f")
            .Node("Gemm", "f w6 b6", "g", ModelBuilder.Int("transB", 1))
            .Node("MatMul", "g w7", "y").Output("y").ToBytes();
        File.WriteAllBytes(Path, bytes);
    }

    public static float[] Run(ISession session)
    {
        Span<float> input = session.GetInput(0).AsSpan<float>();
        for (int i = 0; i < input.Length; i++)
            input[i] = MathF.Sin(i);
        session.Run();
        return session.GetOutput(0).AsSpan<float>().ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Engine.Onnx.Format.AttributeProto[] Same(int stride, int pad) =>
        [ModelBuilder.Ints("strides", stride, stride), ModelBuilder.Ints("pads", pad, pad, pad, pad)];
}
