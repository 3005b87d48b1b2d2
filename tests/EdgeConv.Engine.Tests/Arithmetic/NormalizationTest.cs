using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class NormalizationTest
{
    private static readonly Shape s_shape = new(2, 3, 4, 5);

    [Fact]
    public void Batch_normalization_uses_the_moments_of_the_channel()
    {
        Tensor x = Tensors.Random(s_shape, 1);
        Tensor[] parameters =
            [.. Enumerable.Range(2, 4).Select(seed => Tensors.Random(new Shape(3), seed, 0.5, 2))];
        float[] p0 = parameters[0].Values<float>();
        float[] bias = parameters[1].Values<float>();
        float[] mean = parameters[2].Values<float>();
        float[] variance = parameters[3].Values<float>();
        float[] expected = [.. x.Values<float>().Select((value, i) =>
        {
            int c = i / 20 % 3;
            return (value - mean[c]) / MathF.Sqrt(variance[c] + 1e-5f) * p0[c] + bias[c];
        })];
        AssertClose(expected, One("BatchNormalization", [x, .. parameters]).Values<float>());
    }

    [Fact]
    public void Batch_normalization_that_learns_is_refused()
    {
        Tensor x = Tensors.Random(s_shape, 1);
        Tensor one = Tensors.Random(new Shape(3), 2, 0.5, 2);
        OperatorCase training = new OperatorCase().With("training_mode", 1L);
        Assert.True(Refusal("BatchNormalization", training, x, one, one, one, one).IsUnsupported);
        OperatorCase outputs = new(9, Outputs: 3);
        Assert.True(Refusal("BatchNormalization", outputs, x, one, one, one, one).IsUnsupported);
    }

    [Fact]
    public void Parameters_of_another_length_are_refused()
    {
        Tensor x = Tensors.Random(s_shape, 1);
        Tensor four = Tensors.Random(new Shape(4), 2);
        ModelError error = Refusal("InstanceNormalization", new OperatorCase(), x, four, four);
        Assert.Contains("[4], it must have 3 elements", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Instances_and_layers_come_out_with_mean_0_and_variance_1()
    {
        Tensor x = Tensors.Random(new Shape(2, 3, 40), 1, 5, 9);
        Tensor ones = One("Exp", new Tensor(DataType.Float32, new Shape(3)));
        Tensor instance = One("InstanceNormalization", x, ones, new Tensor(DataType.Float32, new Shape(3)));
        AssertStandard(instance, rows: 6);
        Tensor wide = One("Exp", new Tensor(DataType.Float32, new Shape(3, 40)));
        OperatorCase layers = new OperatorCase().With("axis", 1L);
        AssertStandard(One("LayerNormalization", layers, x, wide), rows: 2);
        OperatorCase all = new OperatorCase().With("axes", new long[] { 1, 2 });
        AssertStandard(One("MeanVarianceNormalization", all, x), rows: 2);
    }

    [Fact]
    public void Layer_normalization_gives_its_moments()
    {
        Tensor x = Tensor.From(new Shape(2, 2), 1f, 3, -2, 8);
        Tensor scale = Vector(1f, 2);
        Tensor bias = Vector(10f, 20);
        Tensor[] y = All("LayerNormalization", new OperatorCase(17, 3).With("epsilon", 0f), x, scale, bias);
        Assert.Equal([9f, 22, 9, 22], y[0].Values<float>());
        Assert.Equal(new Shape(2, 1), y[1].Shape);
        Assert.Equal([2f, 3], y[1].Values<float>());
        Assert.Equal([1f, 0.2f], y[2].Values<float>());
    }

    [Fact]
    public void Mean_variance_normalization_takes_scattered_axes()
    {
        Tensor x = Tensors.Random(s_shape, 1);
        Tensor y = One("MeanVarianceNormalization", x);
        for (int c = 0; c < 3; c++)
        {
            float[] channel = [.. y.Values<float>().Where((_, i) => i / 20 % 3 == c)];
            Assert.Equal(0, channel.Average(), 1e-5f);
            Assert.Equal(1, channel.Average(v => v * v), 1e-5f);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Local_response_normalization_sums_neighbouring_channels(int size)
    {
        Tensor x = Tensors.Random(new Shape(1, 6, 5), 1);
        OperatorCase node = new OperatorCase().With("size", (long)size)
            .With("alpha", 0.3f).With("beta", 0.6f).With("bias", 1.5f);
        float[] values = x.Values<float>();
        float[] expected = [.. values.Select((value, i) =>
        {
            int first = Math.Max(0, i / 5 - (size - 1) / 2);
            int last = Math.Min(5, i / 5 + (int)Math.Ceiling((size - 1) / 2.0));
            IEnumerable<int> channels = Enumerable.Range(first, last - first + 1);
            double sum = channels.Sum(c => Math.Pow(values[c * 5 + i % 5], 2));
            return (float)(value / Math.Pow(1.5 + 0.3 / size * sum, 0.6));
        })];
        AssertClose(expected, One("LRN", node, x).Values<float>());
    }

    [Fact]
    public void Lp_normalization_makes_lines_of_length_one()
    {
        Tensor x = Tensor.From(new Shape(3, 2), 3f, 4, 0, 0, -6, 8);
        OperatorCase plain = new();
        AssertClose([0.6f, 0.8f, 0, 0, -0.6f, 0.8f], One("LpNormalization", x).Values<float>());
        OperatorCase sums = plain.With("p", 1L).With("axis", 0L);
        float[] expected = [1 / 3f, 1 / 3f, 0, 0, -2 / 3f, 2 / 3f];
        AssertClose(expected, One("LpNormalization", sums, x).Values<float>());
    }

    private static void AssertStandard(Tensor y, int rows)
    {
        foreach (float[] row in y.Values<float>().Chunk(y.Length / rows))
        {
            Assert.Equal(0, row.Average(), 1e-4f);
            Assert.Equal(1, row.Average(v => v * v), 1e-3f);
        }
    }
}
