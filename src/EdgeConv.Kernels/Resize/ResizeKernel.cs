namespace EdgeConv.Kernels.Resize;

/// <summary>
/// Resizes a picture of bytes in whole numbers: rows are blended into one of 16 bits, then its columns into
/// floats. Knows no state; any number of threads may use one.
/// </summary>
/// <remarks>
/// A row of values v of 0 to 255 is kept as r = (127 - v) 256, rounded, which fits 16 bits: its products with
/// negated weights sum to (v - 127) 2^23 exactly. The rounding of r is off by at most 1/512 of a step of the
/// bytes. Every instruction set gives the same result.
/// </remarks>
public abstract unsafe class ResizeKernel
{
    /// <summary>What is taken off each value: columns are v - 127.</summary>
    public const int Centre = 127;

    /// <summary>Bits behind the point of a blended row.</summary>
    internal const int RowBits = 8;

    /// <summary>Bits by which a sum over rows is too long.</summary>
    internal const int Shift = 15 - RowBits;

    /// <summary>What a sum over rows begins with.</summary>
    internal const int Start = Centre << 15;

    /// <summary>Brings a sum over columns back to the scale of bytes.</summary>
    internal const float Unit = 1f / (1 << (15 + RowBits));

    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes that are blended at once.</summary>
    protected abstract int Block { get; }

    /// <summary>Blends rows: to[i] = (127 - sum over k of w[k] rows[k][i]) 256.</summary>
    /// <param name="blend">Rows and weights.</param>
    /// <param name="length">Bytes of each row; no byte more is read.</param>
    /// <param name="to">Receives as many values.</param>
    public void Rows(RowBlend blend, int length, short* to)
    {
        if (length >= Block)
            RowBlocks(blend, length, to);
        else
            RowEach(blend, 0, length, 1, to);
    }

    /// <summary>
    /// Blends rows as <see cref="Rows"/> does; bytes 0, 2, 4 and so on become the even values, the others the
    /// odd ones.
    /// </summary>
    /// <param name="blend">Rows and weights.</param>
    /// <param name="length">Bytes of each row, an even number; no byte more is read.</param>
    /// <param name="even">Receives half as many values.</param>
    /// <param name="odd">Receives half as many values.</param>
    public void SplitRows(RowBlend blend, int length, short* even, short* odd)
    {
        if (length >= Block)
        {
            SplitBlocks(blend, length, even, odd);
            return;
        }

        RowEach(blend, 0, length, 2, even);
        RowEach(blend, 1, length, 2, odd);
    }

    /// <summary>
    /// Blends columns: planes[c, x] = v - 127, v being the weighted mean of component c over the columns of x.
    /// </summary>
    /// <param name="blend">Columns and weights.</param>
    /// <param name="row"><see cref="ColumnBlend.RowLength"/> values.</param>
    /// <param name="planes">Receives <see cref="ColumnBlend.PlaneLength"/> floats a component.</param>
    /// <param name="planeStride">Floats from one component to the next.</param>
    public abstract void Columns(ColumnBlend blend, short* row, float* planes, int planeStride);

    /// <summary>Blends rows of at least a block; the last block ends with the row.</summary>
    protected abstract void RowBlocks(RowBlend blend, int length, short* to);

    /// <summary>Blends and splits rows of at least a block; the last block ends with the row.</summary>
    protected abstract void SplitBlocks(RowBlend blend, int length, short* even, short* odd);

    private static void RowEach(RowBlend blend, int first, int length, int step, short* to)
    {
        for (int i = first; i < length; i += step)
        {
            int sum = Start + (1 << (Shift - 1));
            for (int k = 0; k < 2 * blend.Pairs; k++)
                sum += blend.Weights[k] * blend.Rows[k][i];
            *to++ = (short)(sum >> Shift);
        }
    }
}
