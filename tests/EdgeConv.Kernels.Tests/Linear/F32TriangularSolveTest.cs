using EdgeConv.Kernels.Linear;
using Xunit;

namespace EdgeConv.Kernels.Tests.Linear;

public sealed class F32TriangularSolveTest
{
    public static TheoryData<int> Orders => [.. Enumerable.Range(0, 41), 63, 64, 65, 320];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Forward_matches_substitution_in_double_at_every_order(int order)
    {
        (float[] lower, float[] b) = Problem(order);
        double[] expected = SlowForward(lower, b);
        using GuardedFloats packed = Packed(lower, order), x = new(b);
        F32TriangularSolve.Forward(packed.Span, x.Span);
        AssertClose(expected, x.Span);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Backward_matches_substitution_in_double_at_every_order(int order)
    {
        (float[] lower, float[] b) = Problem(order);
        double[] expected = SlowBackward(lower, b);
        using GuardedFloats packed = Packed(lower, order), x = new(b);
        F32TriangularSolve.Backward(packed.Span, x.Span);
        AssertClose(expected, x.Span);
    }

    [Fact]
    public void A_factor_of_another_order_is_refused()
    {
        Assert.Throws<ArgumentException>(() => F32TriangularSolve.Forward(new float[5], new float[3]));
        Assert.Throws<ArgumentException>(() => F32TriangularSolve.Backward(new float[7], new float[3]));
        Assert.Throws<ArgumentException>(() => F32TriangularSolve.Pack(new float[6], 4, new float[6]));
    }

    [Fact]
    public void The_largest_order_still_has_an_array_length()
    {
        Assert.Equal(2_147_450_880, PackedLower.Length(PackedLower.MaximumOrder));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedLower.Length(PackedLower.MaximumOrder + 1));
    }

    // Rows whose elements off the diagonal sum to less than the diagonal: well conditioned at any order.
    private static (float[] Lower, float[] B) Problem(int order)
    {
        Random random = new(1000 + order);
        float[] lower = new float[PackedLower.Length(order)];
        for (int row = 0; row < order; row++)
        {
            for (int column = 0; column < row; column++)
                lower[PackedLower.RowStart(row) + column] = (random.NextSingle() - 0.5f) * 2 / row;
            lower[PackedLower.Diagonal(row)] = 1.5f + random.NextSingle();
        }

        return (lower, [.. Enumerable.Range(0, order).Select(_ => random.NextSingle() - 0.5f)]);
    }

    private static GuardedFloats Packed(float[] lower, int order)
    {
        GuardedFloats packed = new(lower);
        F32TriangularSolve.Pack(lower, order, packed.Span);
        return packed;
    }

    private static double[] SlowForward(float[] lower, float[] b)
    {
        double[] u = new double[b.Length];
        for (int row = 0; row < b.Length; row++)
        {
            double sum = b[row];
            for (int column = 0; column < row; column++)
                sum -= lower[PackedLower.RowStart(row) + column] * u[column];
            u[row] = sum / lower[PackedLower.Diagonal(row)];
        }

        return u;
    }

    private static double[] SlowBackward(float[] lower, float[] u)
    {
        double[] w = new double[u.Length];
        for (int row = u.Length - 1; row >= 0; row--)
        {
            double sum = u[row];
            for (int below = row + 1; below < u.Length; below++)
                sum -= lower[PackedLower.RowStart(below) + row] * w[below];
            w[row] = sum / lower[PackedLower.Diagonal(row)];
        }

        return w;
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-6);
    }
}
