namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// The rows of an intermediate image that are still needed, in a buffer which holds a few. Rows are appended;
/// when the buffer is full the needed ones move to its front.
/// </summary>
internal unsafe struct RowWindow
{
    private readonly float* _rows;
    private readonly long _rowLength;
    private readonly int _capacity;
    private int _first;

    /// <summary>Makes an empty window.</summary>
    /// <param name="rows">Room for <paramref name="capacity"/> rows.</param>
    /// <param name="capacity">Rows that fit.</param>
    /// <param name="rowLength">Floats of a row.</param>
    public RowWindow(float* rows, int capacity, long rowLength)
    {
        _rows = rows;
        _capacity = capacity;
        _rowLength = rowLength;
    }

    /// <summary>The row behind the last one that is there.</summary>
    public int End { get; private set; }

    /// <summary>Where row 0 of the image would lie.</summary>
    public readonly float* Image => _rows - (_first * _rowLength);

    /// <summary>
    /// Makes room for the rows up to <paramref name="end"/>; those before <paramref name="start"/> are not
    /// needed any more.
    /// </summary>
    /// <returns>The first row to append.</returns>
    public int Append(int start, int end)
    {
        int append = Math.Max(End, start);
        if (end - _first > _capacity)
        {
            long kept = Math.Max(End - start, 0) * _rowLength * sizeof(float);
            Buffer.MemoryCopy(Image + (start * _rowLength), _rows, kept, kept);
            _first = start;
        }

        End = end;
        return append;
    }
}
