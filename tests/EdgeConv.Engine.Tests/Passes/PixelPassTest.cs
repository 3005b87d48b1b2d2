using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>What exporters write between a picture of bytes and the first layer is read by it.</summary>
public class PixelPassTest
{
    private const int Bytes = 2;

    [Theory]
    [InlineData("Cast Transpose Sub Div")]
    [InlineData("Cast Transpose Mul Add")]
    [InlineData("Transpose Cast Sub Mul")]
    [InlineData("Cast Transpose Div Sub Div")]
    [InlineData("Cast Transpose BatchNormalization")]
    [InlineData("Cast Sub Mul Transpose")]
    [InlineData("Cast Div Transpose Sub")]
    [InlineData("Cast Transpose")]
    public void Casts_and_normalisation_of_a_picture_become_part_of_the_first_convolution(string nodes) =>
        Assert.Equal("Conv Transpose", Rewritten(nodes, "Conv"));

    [Theory]
    [InlineData("Cast Transpose Sub Div", "NormalizePixels")]
    [InlineData("Cast Sub Mul", "NormalizePixels")]
    [InlineData("Cast Transpose Sub Neg", "NormalizePixels Neg")]
    public void Without_a_convolution_they_become_one_node(string nodes, string expected) =>
        Assert.Equal(expected, Rewritten(nodes));

    [Theory]
    [InlineData("Cast Transpose Zero", "NormalizePixels Mul")]
    [InlineData("Cast Transpose Sub Twice", "NormalizePixels Neg Add")]
    public void What_has_no_inverse_or_is_read_twice_stays(string nodes, string expected) =>
        Assert.Equal(expected, Rewritten(nodes));

    [Fact]
    public void Planes_of_bytes_are_cast()
    {
        ModelBuilder builder = new ModelBuilder().TypedInput("x", Bytes, 1, 3, 8, 9)
            .Constant("w", [4, 3, 3, 3], Numbers(4 * 27))
            .Node("Cast", "x", "c", ModelBuilder.Int("to", 1)).Node("Conv", "c w", "y").Output("y");
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new SessionOptions());
        Assert.Equal(["Cast", "Conv", "Transpose"], model.Graph.Nodes.Select(node => node.OperatorName));
    }

    [Fact]
    public void Bytes_that_a_model_makes_itself_are_cast()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 8, 9, 3)
            .Node("Cast", "x", "b", ModelBuilder.Int("to", Bytes)).Node("Cast", "b", "c", ModelBuilder.Int("to", 1))
            .Output("c");
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new SessionOptions());
        Assert.Equal(["Cast", "Cast"], model.Graph.Nodes.Select(node => node.OperatorName));
    }

    // The operators left, after outputs were held to those without passes.
    private static string Rewritten(params string[] nodes)
    {
        ModelBuilder Make() => Model(string.Join(' ', nodes).Split(' '));
        PassCase.AssertSame([Run(Make(), PassLevel.None)], [Run(Make(), PassLevel.CleanUp)]);
        PassCase.AssertSame([Run(Make(), PassLevel.None)], [Run(Make(), PassLevel.StreamRows)]);
        using CompiledModel model = ModelCompiler.Compile(Make().Read(), new SessionOptions());
        return string.Join(' ', model.Graph.Nodes.Select(node => node.OperatorName));
    }

    private static ModelBuilder Model(string[] nodes)
    {
        ModelBuilder builder = new ModelBuilder().TypedInput("x", Bytes, 2, 13, 11, 3)
            .Constant("w", [4, 3, 3, 3], Numbers(4 * 27))
            .Constant("zero", [3, 1, 1], 0, 1, 2)
            .Constant("gamma", 1.5f, 2, 3).Constant("beta", 1, 0, -1).Constant("mu", 100, 120, 130)
            .Constant("var", 3000, 3500, 4000);
        string last = "x";
        bool isPlanar = false;
        for (int i = 0; i < nodes.Length; i++)
        {
            isPlanar |= nodes[i] == "Transpose";
            string next = $"v{i}", constant = $"k{i}";
            builder.Constant(constant, isPlanar ? [3, 1, 1] : [3], Numbers(3 + i)[..3].Select(k => k + 2).ToArray());
            last = Add(builder, nodes[i], (last, constant, next));
        }

        return builder.Output(last);
    }

    private static string Add(ModelBuilder builder, string node, (string From, string Constant, string To) names)
    {
        (string from, string constant, string to) = names;
        switch (node)
        {
            case "Cast":
                builder.Node("Cast", from, to, ModelBuilder.Int("to", 1));
                break;
            case "Transpose":
                builder.Node("Transpose", from, to, ModelBuilder.Ints("perm", 0, 3, 1, 2));
                break;
            case "Conv":
                builder.Node("Conv", $"{from} w", to, Padded());
                break;
            case "Neg":
                builder.Node("Neg", from, to);
                break;
            case "Zero":
                builder.Node("Mul", $"{from} zero", to);
                break;
            case "Twice":
                builder.Node("Neg", from, to + "n").Node("Add", $"{from} {to}n", to);
                break;
            case "BatchNormalization":
                builder.Node("BatchNormalization", $"{from} gamma beta mu var", to);
                break;
            default:
                builder.Node(node, $"{from} {constant}", to);
                break;
        }

        return to;
    }

    private static AttributeProto[] Padded() =>
        [ModelBuilder.Ints("pads", 1, 1, 1, 1), ModelBuilder.Ints("strides", 2, 2)];

    private static float[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static float[] Run(ModelBuilder builder, PassLevel level)
    {
        using EngineSession session = new(ModelCompiler.Compile(builder.Read(), new SessionOptions(), level));
        Assert.Null(session.Inputs[0].Pixels);
        new Random(1).NextBytes(session.GetInput(0).AsBytes());
        session.Run();
        return session.GetOutput(0).AsSpan<float>().ToArray();
    }
}
