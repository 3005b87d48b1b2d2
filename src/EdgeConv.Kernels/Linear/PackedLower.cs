namespace EdgeConv.Kernels.Linear;

/// <summary>
/// Lower triangles without the zeros above them, row after row. Row i has i + 1 elements and starts at
/// i(i+1)/2:
/// <code>
/// 00 | 10 11 | 20 21 22 | 30 31 32 33 | ...
/// </code>
/// Holds triangular factors and, because the upper half repeats the lower, symmetric matrices.
/// </summary>
public static class PackedLower
{
    /// <summary>The greatest order whose elements an array can hold.</summary>
    public const int MaximumOrder = 65_535;

    /// <summary>Elements of a triangle of <paramref name="order"/> rows: order (order + 1) / 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..<see cref="MaximumOrder"/>.</exception>
    public static int Length(int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaximumOrder);
        return (int)((long)order * (order + 1) / 2);
    }

    /// <summary>Index of the first element of <paramref name="row"/>.</summary>
    public static int RowStart(int row) => (int)((long)row * (row + 1) / 2);

    /// <summary>Index of element (<paramref name="row"/>, <paramref name="row"/>).</summary>
    public static int Diagonal(int row) => RowStart(row) + row;

    internal static void Check(int packedLength, int order, string name)
    {
        if (packedLength != Length(order))
            throw new ArgumentException($"{packedLength} elements, {Length(order)} make order {order}", name);
    }
}
