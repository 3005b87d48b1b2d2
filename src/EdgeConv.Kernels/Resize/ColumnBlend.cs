using EdgeConv.Kernels.Image;

namespace EdgeConv.Kernels.Resize;

/// <summary>
/// Where each column of an output takes its components from in a row of blended values, and the weights in
/// the order in which a <see cref="ResizeKernel"/> reads them.
/// </summary>
/// <remarks>
/// Columns come in groups of eight; the last is filled up with weights of zero. Of a column the row is read
/// eight values at a time, each a block, which holds all components side by side: a component's weights have
/// zeros at the places of the others.
/// <code>
/// row        U V U V U V U V          one block of two components
/// weights    w 0 w 0 w 0 w 0          U
///            0 w 0 w 0 w 0 w          V
///
/// group 0                                                               group 1
/// block 0                                                   | block 1   ...
/// columns 0, 4             | 1, 5   | 2, 6   | 3, 7         |
/// component 0 of 0 | of 4  |
/// component 1 of 0 | of 4  |
/// </code>
/// </remarks>
public sealed class ColumnBlend
{
    /// <summary>Columns of a group, and values of a block.</summary>
    internal const int Group = 8;

    /// <summary>Columns that stand side by side in a group.</summary>
    internal const int Pairs = Group / 2;

    /// <param name="axis">Columns.</param>
    /// <param name="start">The input column with which rows begin.</param>
    /// <param name="components">Values side by side in a column, 1 to 3.</param>
    public ColumnBlend(FixedAxis axis, int start, int components)
    {
        ArgumentNullException.ThrowIfNull(axis);
        Components = components;
        Width = axis.Length;
        Groups = (Width + Group - 1) / Group;
        Blocks = ((axis.Count * components) + Group - 1) / Group;
        First = new int[Groups * Group];
        Weights = new short[Groups * Group * Blocks * components * Group];
        PairWeights = new short[axis.Count <= 2 ? Groups * Group * PairLength : 0];
        for (int column = 0; column < Width; column++)
        {
            First[column] = (axis.First(column) - start) * components;
            ReadOnlySpan<short> weights = axis.Weights(column)[..axis.Count];
            for (int i = 0; i < weights.Length * components; i++)
                Weights[PlaceOf(column, i / Group, i % components) + (i % Group)] = weights[i / components];
            if (axis.Count <= 2)
                SetPairs(column, axis.Weights(column));
        }
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Columns filled up to whole groups: floats of a plane that are written.</summary>
    public int PlaneLength => Groups * Group;

    /// <summary>Values side by side in a column.</summary>
    public int Components { get; }

    /// <summary>Values that a row must have, those behind its end included, which may be anything.</summary>
    public int RowLength => First.Max() + (Blocks * Group);

    /// <summary>Groups of columns.</summary>
    internal int Groups { get; }

    /// <summary>Blocks of values that are read for each column.</summary>
    internal int Blocks { get; }

    /// <summary>First value of each column.</summary>
    internal int[] First { get; }

    /// <summary>Negated weights.</summary>
    internal short[] Weights { get; }

    /// <summary>Whether at most two values of a component are blended.</summary>
    internal bool IsPair => PairWeights.Length > 0;

    /// <summary>
    /// The two negated weights of each component of each column; empty where there are more of them.
    /// </summary>
    internal short[] PairWeights { get; }

    // Of three components as many as a block of them, and as such in the order of blocks.
    private int PairLength => Components == 3 ? Group : 2 * Components;

    private void SetPairs(int column, ReadOnlySpan<short> weights)
    {
        int at = Components == 3 ? PlaceOf(column, column / Group, 0, 1) : column * PairLength;
        for (int c = 0; c < Components; c++)
            weights.CopyTo(PairWeights.AsSpan(at + (2 * c)));
    }

    /// <summary>Where the eight weights stand of a component of a column in a block.</summary>
    internal int PlaceOf(int column, int block, int component) =>
        PlaceOf(column, (column / Group * Blocks) + block, component, Components);

    private static int PlaceOf(int column, int block, int component, int components)
    {
        int pair = column % Pairs, half = column % Group / Pairs;
        return ((((((block * Pairs) + pair) * components) + component) * 2) + half) * Group;
    }
}
