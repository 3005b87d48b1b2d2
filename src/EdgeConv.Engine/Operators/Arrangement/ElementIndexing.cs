using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>Where GatherElements and ScatterElements find the element that belongs to each index.</summary>
internal sealed class ElementIndexing
{
    private int[] _extents = [];
    private long[] _strides = [];

    /// <summary>Extent of the data along the indexed axis.</summary>
    public int Extent { get; private set; }

    /// <summary>Stride of the data along the indexed axis, in elements.</summary>
    public long AxisStride { get; private set; }

    /// <summary>Fixes the walk.</summary>
    /// <returns>False when the indices' shape reaches outside the data's.</returns>
    public bool TryPlan(Shape data, Shape indices, int axis)
    {
        if (indices.Rank != data.Rank)
            return false;
        for (int i = 0; i < data.Rank; i++)
        {
            if (i != axis && indices[i] > data[i])
                return false;
        }

        _extents = indices.Dimensions.ToArray();
        _strides = Strides.Of(data);
        Extent = data[axis];
        AxisStride = _strides[axis];
        _strides[axis] = 0;
        return true;
    }

    /// <summary>
    /// Offset into the data of the place the walk stands at, the indexed axis left out; then moves to the
    /// next.
    /// </summary>
    /// <param name="place">The walk's state, zeroed at its start.</param>
    public long Advance(Span<int> place)
    {
        long offset = 0;
        for (int i = 0; i < _extents.Length; i++)
            offset += place[i] * _strides[i];
        for (int i = _extents.Length - 1; i >= 0; i--)
        {
            if (++place[i] < _extents[i])
                break;
            place[i] = 0;
        }

        return offset;
    }
}

/// <summary>Where GatherND and ScatterND find the block that belongs to each tuple of positions.</summary>
internal sealed class TupleIndexing
{
    private int[] _extents = [];
    private long[] _strides = [];

    /// <summary>Elements of one block.</summary>
    public long Block { get; private set; }

    /// <summary>
    /// Fixes the axes that tuples of <paramref name="width"/> positions index, from <paramref name="first"/>.
    /// </summary>
    /// <returns>False when the data has not that many axes.</returns>
    public bool TryPlan(Shape data, int first, int width)
    {
        if (first + width > data.Rank || width < 1)
            return false;
        _extents = data.Dimensions.Slice(first, width).ToArray();
        _strides = Strides.Of(data).AsSpan(first, width).ToArray();
        Block = data.CountBetween(first + width, data.Rank);
        return true;
    }

    /// <summary>Offset into the data of the block that tuple number <paramref name="tuple"/> names.</summary>
    public long OffsetOf(Indices indices, long tuple, ShapedOperator asker)
    {
        long offset = 0;
        for (int i = 0; i < _extents.Length; i++)
            offset += asker.Position(indices[(tuple * _extents.Length) + i], _extents[i]) * _strides[i];
        return offset;
    }
}
