using EdgeConv.Core;
using EdgeConv.Engine.Operators;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class ProductTest
{
    [Theory]
    [InlineData(0L, 0L)]
    [InlineData(0L, 1L)]
    [InlineData(1L, 0L)]
    [InlineData(1L, 1L)]
    public void Gemm_matches_three_loops_at_every_small_size(long transA, long transB)
    {
        foreach (int m in new[] { 1, 2, 4, 5, 9 })
        {
            foreach (int n in new[] { 1, 3, 8, 16, 17, 35 })
            {
                foreach (int k in new[] { 0, 1, 7, 8, 20 })
                    CheckGemm(m, n, k, transA, transB);
            }
        }
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 3, 1 })]
    [InlineData(new[] { 1, 5 })]
    [InlineData(new[] { 3, 5 })]
    public void Gemm_broadcasts_its_bias(int[] shape)
    {
        using Tensor a = Run.Random(1, 3, 4);
        using Tensor b = Run.Random(2, 4, 5);
        using Tensor c = Run.Random(3, shape);
        using Tensor plain = Run.One("Gemm", [a, b], ("alpha", 0.5f));
        using Tensor y = Run.One("Gemm", [a, b, c], ("alpha", 0.5f), ("beta", -2f));
        using Tensor bias = Run.One("Expand", [c, Run.Ints(3, 5)]);
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(
                plain.AsSpan<float>()[i] - (2 * bias.AsSpan<float>()[i]), y.AsSpan<float>()[i], 1e-5f);
    }

    [Fact]
    public void A_constant_matrix_gives_the_same_product()
    {
        using Tensor a = Run.Random(1, 2, 19);
        using Tensor b = Run.Random(2, 19, 10);
        using Tensor plain = Run.One("Gemm", [a, b]);
        Operator made = Run.Make("Gemm", 13, 1, [a, b]);
        made.Node.Inputs[1]!.Constant = b;
        made.Infer(new InferenceContext(made.Node));
        using Tensor y = new(DataType.Float32, plain.Shape);
        Run.Execute(made, [a, b], [y]);
        Run.AssertNear(plain, y, 1e-5f);
        Assert.Equal(2 * 19 * 10, made.MultiplyAdds);
    }

    [Theory]
    [InlineData(new[] { 4 }, new[] { 4 }, new int[0])]
    [InlineData(new[] { 4 }, new[] { 4, 3 }, new[] { 3 })]
    [InlineData(new[] { 2, 4 }, new[] { 4 }, new[] { 2 })]
    [InlineData(new[] { 3, 1, 2, 4 }, new[] { 5, 4, 6 }, new[] { 3, 5, 2, 6 })]
    [InlineData(new[] { 0, 4 }, new[] { 4, 3 }, new[] { 0, 3 })]
    public void Batched_products_match_three_loops(int[] left, int[] right, int[] expected)
    {
        using Tensor a = Run.Random(1, left);
        using Tensor b = Run.Random(2, right);
        using Tensor y = Run.One("MatMul", [a, b]);
        using Tensor packed = Run.WithConstant("MatMul", 1, [a, b]);
        Assert.Equal(new Shape(expected), y.Shape);
        int n = right.Length == 1 ? 1 : right[^1];
        int m = left.Length == 1 ? 1 : left[^2];
        for (int i = 0; i < y.Length; i++)
        {
            int batch = i / (m * n);
            int aBatch = left.Length > 3 ? batch / 5 : 0;
            int bBatch = right.Length > 2 ? batch % 5 : 0;
            float sum = 0;
            for (int k = 0; k < 4; k++)
            {
                float x = a.AsSpan<float>()[(((aBatch * m) + (i / n % m)) * 4) + k];
                sum += x * b.AsSpan<float>()[(((bBatch * 4) + k) * n) + (i % n)];
            }

            Assert.Equal(sum, y.AsSpan<float>()[i], 1e-5f);
            Assert.Equal(sum, packed.AsSpan<float>()[i], 1e-5f);
        }
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        using Tensor a = Run.Random(1, 2, 3);
        using Tensor b = Run.Random(1, 2, 3);
        using Tensor scalar = Run.Random(1);
        Run.Refused("MatMul", 13, [a, b]);
        Run.Refused("MatMul", 13, [a, scalar]);
        Run.Refused("MatMul", 13, [a, Run.Ints(1, 2, 3)]);
        Run.Refused("Gemm", 13, [a, b]);
        Run.Refused("Gemm", 13, [a, b, Run.Random(1, 3)], ("transB", 1L));
        Run.Refused("Gemm", 13, [a, b, Run.Random(1, 5, 2, 2)], ("transB", 1L));
    }

    [Theory]
    [InlineData(DataType.UInt8, DataType.UInt8)]
    [InlineData(DataType.UInt8, DataType.Int8)]
    [InlineData(DataType.Int8, DataType.Int8)]
    public void Integer_products_subtract_their_zero_points(DataType left, DataType right)
    {
        using Tensor a = Run.RandomBytes(1, left, 3, 5);
        using Tensor b = Run.RandomBytes(2, right, 5, 4);
        using Tensor aZero = Run.RandomBytes(3, left, 3);
        using Tensor bZero = Run.RandomBytes(4, right, 4);
        using Tensor y = Run.One("MatMulInteger", [a, b, aZero, bZero]);
        for (int i = 0; i < y.Length; i++)
        {
            int sum = 0;
            for (int k = 0; k < 5; k++)
                sum += (At(a, (i / 4 * 5) + k) - At(aZero, i / 4)) 
                    * (At(b, (k * 4) + (i % 4)) - At(bZero, i % 4));
            Assert.Equal(sum, y.AsSpan<int>()[i]);
        }

        Run.Refused("MatMulInteger", 10, [a, b, bZero]);
    }

    [Fact]
    public void Quantized_product_is_the_rounded_saturated_real_one()
    {
        using Tensor a = Run.RandomBytes(1, DataType.UInt8, 4, 6);
        using Tensor b = Run.RandomBytes(2, DataType.Int8, 6, 5);
        sbyte[] zeros = [-3, 0, 1, 2, 3];
        using Tensor y = Run.One("QLinearMatMul",
        [
            a, Run.Floats([], 0.02f), Tensor.From<byte>(Shape.Scalar, 120),
            b, Run.Floats([5], 0.01f, 0.02f, 0.03f, 0.04f, 0.05f), Tensor.From<sbyte>(new Shape(5), zeros),
            Run.Floats([], 0.03f), Tensor.From<sbyte>(Shape.Scalar, 7),
        ]);
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int column) = (i / 5, i % 5);
            double sum = 0;
            for (int k = 0; k < 6; k++)
            {
                double left = (At(a, (row * 6) + k) - 120) * 0.02;
                sum += left * (At(b, (k * 5) + column) - zeros[column]) * 0.01 * (column + 1);
            }

            double exact = Math.Clamp((sum / 0.03) + 7, -128, 127);
            Assert.True(
                Math.Abs(exact - y.AsSpan<sbyte>()[i]) <= 0.5001, $"{exact} against {y.AsSpan<sbyte>()[i]}");
        }
    }

    private static int At(Tensor tensor, int i) =>
        tensor.Type == DataType.Int8 ? tensor.AsSpan<sbyte>()[i] : tensor.AsSpan<byte>()[i];

    private static void CheckGemm(int m, int n, int k, long transA, long transB)
    {
        using Tensor a = transA == 0 ? Run.Random(m + k, m, k) : Run.Random(m + k, k, m);
        using Tensor b = transB == 0 ? Run.Random(n + k, k, n) : Run.Random(n + k, n, k);
        using Tensor y = Run.One("Gemm", [a, b], ("transA", transA), ("transB", transB));
        using Tensor packed =
            Run.WithConstant("Gemm", 1, [a, b], ("transA", transA), ("transB", transB));
        Assert.Equal(new Shape(m, n), y.Shape);
        for (int i = 0; i < m * n; i++)
        {
            (int row, int column) = (i / n, i % n);
            float sum = 0;
            for (int d = 0; d < k; d++)
            {
                float left = a.AsSpan<float>()[transA == 0 ? (row * k) + d : (d * m) + row];
                sum += left * b.AsSpan<float>()[transB == 0 ? (d * n) + column : (column * k) + d];
            }

            Assert.Equal(sum, y.AsSpan<float>()[i], 1e-5f);
            Assert.Equal(sum, packed.AsSpan<float>()[i], 1e-5f);
        }
    }
}
