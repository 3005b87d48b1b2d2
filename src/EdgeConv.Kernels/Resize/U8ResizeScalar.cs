namespace EdgeConv.Kernels.Resize;

/// <summary>Value by value.</summary>
internal sealed unsafe class U8ResizeScalar : ResizeKernel
{
    public override string Name => "U8ResizeScalar";

    protected override int Block => int.MaxValue;

    public override void Columns(ColumnBlend blend, short* row, float* planes, int planeStride)
    {
        for (int column = 0; column < blend.PlaneLength; column++)
        {
            for (int c = 0; c < blend.Components; c++)
                planes[(c * planeStride) + column] = Sum(blend, row + blend.First[column], column, c) * Unit;
        }
    }

    protected override void RowBlocks(RowBlend blend, int length, short* to) =>
        throw new InvalidOperationException("no row is a block");

    protected override void SplitBlocks(RowBlend blend, int length, short* even, short* odd) =>
        throw new InvalidOperationException("no row is a block");

    private static int Sum(ColumnBlend blend, short* row, int column, int component)
    {
        int sum = 0;
        for (int block = 0; block < blend.Blocks; block++, row += ColumnBlend.Group)
        {
            ReadOnlySpan<short> weights = blend.Weights.AsSpan(blend.PlaceOf(column, block, component), ColumnBlend.Group);
            for (int i = 0; i < weights.Length; i++)
                sum += weights[i] * row[i];
        }

        return sum;
    }
}
