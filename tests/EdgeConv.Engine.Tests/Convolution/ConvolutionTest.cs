using CsCheck;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Convolution;

public class ConvolutionTest
{
    private const float Tolerance = 2e-5f;

    [Fact]
    public void Two_axes_match_the_definition() =>
        ConvolutionCase.Any.Where(c => c.Kernel.Length == 2).Sample(
        c => AssertNear(c.Reference(), c.Run(c.Model(constantWeights: true))), iter: 300);

    [Fact]
    public void Packed_weights_and_weights_given_at_run_time_agree() => ConvolutionCase.Any.Sample(c =>
    {
        float[] packed = c.Run(c.Model(constantWeights: true));
        float[] direct = c.Run(c.Model(constantWeights: false));
        AssertNear(direct, packed);
    }, iter: 300);

    [Fact]
    public void A_column_is_convolved_as_a_row_is() =>
        ConvolutionCase.Any.Where(c => c.Kernel.Length == 1).Sample(c =>
    {
        ConvolutionCase column =
            c with { Input = [c.Input[0], 1], Kernel = [c.Kernel[0], 1], Pad = 0, Stride = 1 };
        ConvolutionCase row =
            c with { Input = [1, c.Input[0]], Kernel = [1, c.Kernel[0]], Pad = 0, Stride = 1 };
        AssertNear(column.Reference(), column.Run(column.Model(constantWeights: true)));
        AssertNear(row.Reference(), row.Run(row.Model(constantWeights: true)));
    }, iter: 50);

    [Fact]
    public void Threads_do_not_change_the_result() => ConvolutionCase.Any.Sample(c =>
        Assert.Equal(
            c.Run(c.Model(constantWeights: true)), c.Run(c.Model(constantWeights: true), threads: 3)),
        iter: 20);

    [Fact]
    public void A_large_layer_in_shares_equals_it_in_one()
    {
        foreach ((int groups, int kernel) in new[] { (1, 1), (1, 3), (32, 3), (4, 3) })
        {
            ConvolutionCase c = new()
            {
                Groups = groups,
                GroupInputs = 32 / groups,
                GroupOutputs = 32 / groups,
                Input = [40, 40],
                Kernel = [kernel, kernel],
                HasBias = true,
            };
            // A row of its own and one of a pair add their taps in another order.
            AssertNear(
                c.Run(c.Model(constantWeights: true)), c.Run(c.Model(constantWeights: true), threads: 2));
        }
    }

    [Fact]
    public void A_grouped_convolution_is_block_diagonal()
    {
        ConvolutionCase grouped = new()
        { Groups = 3, GroupInputs = 2, GroupOutputs = 4, Input = [7, 6], Kernel = [3, 3], Pad = 1, Seed = 5 };
        float[] weights = grouped.Values("w", grouped.WeightShape);
        float[] blocks = new float[12 * 6 * 9];
        for (int o = 0; o < 12; o++)
        {
            for (int i = 0; i < 2 * 9; i++)
                blocks[(o * 6 * 9) + (o / 4 * 2 * 9) + i] = weights[(o * 2 * 9) + i];
        }

        ModelBuilder dense =
            new ModelBuilder().Input("x", grouped.InputShape).Constant("w", [12, 6, 3, 3], blocks)
            .Node("Conv", "x w", "y", ModelBuilder.Ints("pads", 1, 1, 1, 1)).Output("y");
        AssertNear(grouped.Run(grouped.Model(constantWeights: true)), grouped.Run(dense));
    }

    [Fact]
    public void Depthwise_then_pointwise_is_the_convolution_with_the_outer_product()
    {
        ConvolutionCase filter = new()
        { Groups = 5, GroupInputs = 1, GroupOutputs = 1, Input = [8, 9], Kernel = [3, 3], Pad = 1, Stride = 2,
            Seed = 9 };
        ConvolutionCase mix = new()
        { Groups = 1, GroupInputs = 5, GroupOutputs = 7, Input = [4, 5], Kernel = [1, 1], Seed = 11 };
        float[] d = filter.Values("w", [5, 1, 3, 3]), p = mix.Values("w", [7, 5, 1, 1]);
        float[] outer = [.. from o in Enumerable.Range(0, 7) from i in Enumerable.Range(0, 5)
                            from t in Enumerable.Range(0, 9) select p[(o * 5) + i] * d[(i * 9) + t]];
        ModelBuilder pair = filter.Model(constantWeights: true);
        pair.Graph.Output.Clear();
        pair.Constant("p", [7, 5, 1, 1], p).Node("Conv", "y p", "z").Output("z");
        ModelBuilder standard =
            new ModelBuilder().Input("x", filter.InputShape).Constant("w", [7, 5, 3, 3], outer)
            .Node(
                "Conv", "x w", "y", ModelBuilder.Ints("pads", 1, 1, 1, 1),
                    ModelBuilder.Ints("strides", 2, 2)).Output("y");
        AssertNear(filter.Run(standard), filter.Run(pair));
    }

    [Fact]
    public void A_pointwise_convolution_commutes_with_any_permutation_of_pixels() =>
        Gen.Int[0, 10_000].Sample(seed =>
        {
            ConvolutionCase c = new()
            { Groups = 1, GroupInputs = 3, GroupOutputs = 8, Input = [5, 7], Kernel = [1, 1], Seed = seed,
                HasBias = true };
            int[] order = [.. Enumerable.Range(0, 35)];
            new Random(seed).Shuffle(order);
            using ISession session = EngineSessionFactory.Load(c.Model(true).Read(), new SessionOptions());
            Span<float> x = session.GetInput(0).AsSpan<float>();
            c.Values("x", c.InputShape).CopyTo(x);
            session.Run();
            float[] then = Permute(session.GetOutput(0).AsSpan<float>(), order);
            Permute(x, order).CopyTo(x);
            session.Run();
            Assert.Equal(then, session.GetOutput(0).AsSpan<float>().ToArray());
        }, iter: 50);

    [Theory]
    [InlineData(7, 4, 4, 4, 1, "input 0 is int64, only float32 is supported")]
    [InlineData(1, 6, 4, 6, 4, "6 input and 4 output channels do not divide into 4 groups")]
    [InlineData(
        1, 4, 4, 2, 4, "weights [4,2,3,3] read 2 channels a group, input [1,4,5,5] has 1 in each of 4")]
    public void What_does_not_fit_is_refused_with_a_reason(
        int type, long inputs, long outputs, long groupInputs, long groups, string reason)
    {
        ModelBuilder builder = new ModelBuilder().TypedInput("x", type, [1, inputs, 5, 5])
            .Constant("w", [outputs, groupInputs, 3, 3], new float[outputs * groupInputs * 9])
            .Node("Conv", "x w", "y", ModelBuilder.Int("group", groups)).Output("y");
        ModelError error = Assert.Throws<ModelError>(
            () => EngineSessionFactory.Load(builder.Read(), new SessionOptions()));
        Assert.Equal($"m.onnx: node 'Conv@y' (Conv): {reason}", error.Message);
    }

    private static float[] Permute(ReadOnlySpan<float> planes, int[] order)
    {
        float[] permuted = new float[planes.Length];
        for (int i = 0; i < permuted.Length; i++)
            permuted[i] = planes[(i / order.Length * order.Length) + order[i % order.Length]];
        return permuted;
    }

    private static void AssertNear(float[] expected, float[] computed)
    {
        Assert.Equal(expected.Length, computed.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], computed[i], Tolerance);
    }
}
