using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A reduction as two nests of loops: over what is kept, in the order of the output, and over what is
/// reduced. Neighbouring axes of one kind are one loop, so that <c>[N,C,H,W]</c> reduced over H and W keeps
/// N·C and reduces one loop of H·W.
/// </summary>
internal unsafe struct ReduceLoop
{
    /// <summary>The loops over kept axes.</summary>
    public StridedNest Kept;

    /// <summary>The loops over reduced axes.</summary>
    public StridedNest Reduced;

    /// <summary>Splits a shape by a set of axes, one bit an axis.</summary>
    public static ReduceLoop Over(Shape shape, uint axes)
    {
        ReduceLoop loop = default;
        loop.Kept = StridedNest.Empty;
        loop.Reduced = StridedNest.Empty;
        long stride = shape.ElementCount;
        for (int i = 0; i < shape.Rank && stride != 0; i++)
        {
            stride /= shape[i];
            if ((axes >> i & 1) != 0)
                loop.Reduced.Push(shape[i], stride);
            else
                loop.Kept.Push(shape[i], stride);
        }

        return loop;
    }
}

/// <summary>Nested loops with a stride each; neighbours that are one longer loop are merged.</summary>
internal unsafe struct StridedNest
{
    private fixed int _extents[Shape.MaximumRank];
    private fixed long _strides[Shape.MaximumRank];
    private fixed int _position[Shape.MaximumRank];
    private int _depth;

    /// <summary>A nest without loops: one element.</summary>
    public static StridedNest Empty
    {
        get
        {
            StridedNest nest = default;
            nest._extents[0] = 1;
            nest._strides[0] = 1;
            return nest;
        }
    }

    /// <summary>Elements of the innermost loop.</summary>
    public readonly int InnerCount => _extents[_depth];

    /// <summary>Distance of its elements.</summary>
    public readonly int InnerStride => (int)_strides[_depth];

    /// <summary>How often the innermost loop runs.</summary>
    public readonly long OuterCount
    {
        get
        {
            long count = 1;
            for (int i = 0; i < _depth; i++)
                count *= _extents[i];
            return count;
        }
    }

    /// <summary>Offset of the innermost loop's first element at this moment.</summary>
    public long Offset { get; private set; }

    /// <summary>Adds a loop inside the others.</summary>
    public void Push(int extent, long stride)
    {
        if (extent == 1)
            return;
        bool continues = _extents[_depth] == 1 || _strides[_depth] == stride * extent;
        if (!continues)
            _extents[++_depth] = 1;
        _extents[_depth] *= extent;
        _strides[_depth] = stride;
    }

    /// <summary>Moves to the next start of the innermost loop; after the last one, to the first.</summary>
    public void Next()
    {
        for (int level = _depth - 1; level >= 0; level--)
        {
            Offset += _strides[level];
            if (++_position[level] < _extents[level])
                return;
            Offset -= _position[level] * _strides[level];
            _position[level] = 0;
        }
    }
}
