using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>
/// Lower factor L of a symmetric positive semidefinite S = L Lᵀ, in double. Directions without variance
/// (pivots that vanish beside their variance) are left out: quadratic forms over what S spans are those of
/// its pseudo-inverse. Immutable.
/// </summary>
public sealed class Cholesky
{
    // What rounding leaves of a pivot that is zero, relative to its variance and for each feature.
    private const double RankTolerance = 1.5e-14;
    private readonly double[] _lower;

    /// <summary>
    /// Factors <paramref name="symmetric"/> (<see cref="PackedLower"/>) of order d; d³/6 multiply-adds.
    /// </summary>
    public Cholesky(ReadOnlySpan<double> symmetric, int dimension)
    {
        Dimension = dimension;
        _lower = symmetric.ToArray();
        for (int row = 0; row < dimension; row++)
            FactorRow(row);
    }

    /// <summary>Order d.</summary>
    public int Dimension { get; }

    /// <summary>Directions with variance; d for a definite S.</summary>
    public int Rank { get; private set; }

    /// <summary>log det S; −∞ when the rank is below d.</summary>
    public double LogDeterminant { get; private set; }

    /// <summary>L as <see cref="PackedLower"/>, 0 on the diagonal of directions left out.</summary>
    public ReadOnlySpan<double> Lower => _lower;

    /// <summary>u = L⁻¹ b in place, <c>[d]</c>; 0 in directions left out.</summary>
    public void SolveForward(Span<double> x)
    {
        for (int row = 0; row < Dimension; row++)
        {
            ReadOnlySpan<double> l = Row(row);
            x[row] = l[row] == 0 ? 0 : (x[row] - F64Linear.Dot(l[..row], x[..row])) / l[row];
        }
    }

    /// <summary>w = L⁻ᵀ u in place, <c>[d]</c>; 0 in directions left out.</summary>
    public void SolveBackward(Span<double> x)
    {
        for (int row = Dimension - 1; row >= 0; row--)
        {
            ReadOnlySpan<double> l = Row(row);
            x[row] = l[row] == 0 ? 0 : x[row] / l[row];
            F64Linear.AddMultiple(x[..row], l[..row], -x[row]);
        }
    }

    private void FactorRow(int row)
    {
        Span<double> l = _lower.AsSpan(PackedLower.RowStart(row), row + 1);
        double variance = l[row];
        for (int column = 0; column < row; column++)
        {
            ReadOnlySpan<double> other = Row(column);
            double remainder = l[column] - F64Linear.Dot(l[..column], other[..column]);
            l[column] = other[column] == 0 ? 0 : remainder / other[column];
        }

        double pivot = variance - F64Linear.Dot(l[..row], l[..row]);
        bool vanishes = !(pivot > Dimension * RankTolerance * variance);
        l[row] = vanishes ? 0 : Math.Sqrt(pivot);
        LogDeterminant += vanishes ? double.NegativeInfinity : Math.Log(pivot);
        Rank += vanishes ? 0 : 1;
    }

    private ReadOnlySpan<double> Row(int row) => _lower.AsSpan(PackedLower.RowStart(row), row + 1);
}
