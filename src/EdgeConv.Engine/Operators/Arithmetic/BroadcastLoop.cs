using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A broadcast over up to three operands as a nest of few loops. Neighbouring dimensions over which every
/// operand goes on in the same way are one loop, so that operands of one shape are a single row,
/// <c>[N,C,H,W]</c> with <c>[1,C,1,1]</c> is N×C rows of H·W with the second operand fixed, and a scalar
/// is a row with stride 0. In the innermost loop every stride is 0 or 1.
/// </summary>
internal unsafe struct BroadcastLoop
{
    private const int Operands = 3;
    private fixed int _extents[Shape.MaximumRank];
    private fixed long _strides[Operands * Shape.MaximumRank];
    private fixed int _position[Shape.MaximumRank];
    private int _depth;

    /// <summary>Offset in elements of each operand at the start of the current row.</summary>
    public fixed long Offsets[Operands];

    /// <summary>Elements in a row.</summary>
    public int RowLength { get; private set; }

    /// <summary>Number of rows; 0 when the output is empty.</summary>
    public long Rows { get; private set; }

    /// <summary>The stride of an operand within a row: 0 or 1.</summary>
    public readonly int RowStride(int operand) => (int)_strides[operand * Shape.MaximumRank + _depth];

    /// <summary>Two operands over an output.</summary>
    public static BroadcastLoop Over(
        ReadOnlySpan<int> output, ReadOnlySpan<int> first, ReadOnlySpan<int> second) =>
        Over(output, first, second, []);

    /// <summary>Three operands over an output.</summary>
    public static BroadcastLoop Over(
        ReadOnlySpan<int> output, ReadOnlySpan<int> first, ReadOnlySpan<int> second, ReadOnlySpan<int> third)
    {
        BroadcastLoop loop = default;
        Span<long> strides = stackalloc long[Operands * Shape.MaximumRank];
        strides.Clear();
        SetStrides(first, output.Length, strides);
        SetStrides(second, output.Length, strides[Shape.MaximumRank..]);
        SetStrides(third, output.Length, strides[(2 * Shape.MaximumRank)..]);
        loop._depth = -1;
        loop.Rows = 1;
        for (int i = 0; i < output.Length; i++)
        {
            loop.Rows *= output[i];
            if (output[i] != 1)
                loop.Push(output[i], strides[i..]);
        }

        loop.Finish();
        return loop;
    }

    /// <summary>Moves <see cref="Offsets"/> to the next row.</summary>
    public void Next()
    {
        for (int level = _depth - 1; level >= 0; level--)
        {
            _position[level]++;
            Move(level, 1);
            if (_position[level] < _extents[level])
                return;
            Move(level, -_position[level]);
            _position[level] = 0;
        }
    }

    private void Move(int level, int steps)
    {
        for (int k = 0; k < Operands; k++)
            Offsets[k] += steps * _strides[k * Shape.MaximumRank + level];
    }

    private void Push(int extent, ReadOnlySpan<long> strides)
    {
        bool continues = _depth >= 0;
        for (int k = 0; continues && k < Operands; k++)
            continues = _strides[k * Shape.MaximumRank + _depth] == strides[k * Shape.MaximumRank] * extent;
        if (!continues)
            _extents[++_depth] = 1;
        _extents[_depth] *= extent;
        for (int k = 0; k < Operands; k++)
            _strides[k * Shape.MaximumRank + _depth] = strides[k * Shape.MaximumRank];
    }

    private void Finish()
    {
        if (_depth < 0)
            _extents[++_depth] = 1;
        RowLength = Rows == 0 ? 0 : _extents[_depth];
        Rows = Rows == 0 ? 0 : Rows / RowLength;
    }

    // A dimension that repeats has stride 0; an operand left out has stride 0 everywhere.
    private static void SetStrides(ReadOnlySpan<int> dimensions, int rank, Span<long> strides)
    {
        long stride = 1;
        for (int i = dimensions.Length - 1; i >= 0; i--)
        {
            if (dimensions[i] != 1)
                strides[rank - dimensions.Length + i] = stride;
            stride *= dimensions[i];
        }
    }
}
