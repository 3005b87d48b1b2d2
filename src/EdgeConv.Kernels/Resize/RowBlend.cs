namespace EdgeConv.Kernels.Resize;

/// <summary>Rows of bytes and their weights; a pair of rows at a time is blended.</summary>
/// <param name="rows">Twice <paramref name="pairs"/> of them.</param>
/// <param name="weights">One for each row, negated, in 1/32768; they sum to -1.</param>
/// <param name="pairs">Pairs of rows, at least one.</param>
public readonly unsafe ref struct RowBlend(byte** rows, short* weights, int pairs)
{
    /// <summary>The first byte of each row.</summary>
    public byte** Rows { get; } = rows;

    /// <summary>Negated weights.</summary>
    public short* Weights { get; } = weights;

    /// <summary>Pairs of rows.</summary>
    public int Pairs { get; } = pairs;
}
