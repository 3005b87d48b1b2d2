using System.Runtime.CompilerServices;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Copies a block of elements between two strided layouts: target[to + Σ p·t] = source[from + Σ p·s] for
/// every position p. Axes that are contiguous in both are merged when it is made, so that a run is as long as
/// can be.
/// </summary>
internal sealed unsafe class StridedCopy
{
    private const int Tile = 16;

    private readonly int[] _extents;
    private readonly long[] _sources;
    private readonly long[] _targets;
    private readonly long _from;
    private readonly long _to;
    private readonly bool _isEmpty;
    private readonly bool _isTransposed;

    /// <summary>Plans a copy.</summary>
    /// <param name="extents">Extents of the block.</param>
    /// <param name="sources">
    /// Distance along each axis in the source, in elements; may be 0 or negative.
    /// </param>
    /// <param name="targets">Distance along each axis in the target, in elements.</param>
    /// <param name="from">Offset of the first element in the source.</param>
    /// <param name="to">Offset of the first element in the target.</param>
    public StridedCopy(
        ReadOnlySpan<int> extents,
        ReadOnlySpan<long> sources,
        ReadOnlySpan<long> targets,
        long from = 0,
        long to = 0)
    {
        List<(int Extent, long Source, long Target)> axes = [];
        for (int i = 0; i < extents.Length; i++)
        {
            _isEmpty |= extents[i] == 0;
            if (extents[i] == 1)
                continue;
            if (axes.Count > 0 && axes[^1].Source == sources[i] * extents[i]
                && axes[^1].Target == targets[i] * extents[i])
                axes[^1] = (axes[^1].Extent * extents[i], sources[i], targets[i]);
            else
                axes.Add((extents[i], sources[i], targets[i]));
        }

        if (axes.Count == 0)
            axes.Add((1, 1, 1));
        _extents = [.. axes.Select(axis => axis.Extent)];
        _sources = [.. axes.Select(axis => axis.Source)];
        _targets = [.. axes.Select(axis => axis.Target)];
        (_from, _to) = (from, to);
        _isTransposed = axes.Count >= 2 && _sources[^2] == 1 && _targets[^1] == 1 && _sources[^1] != 1;
    }

    /// <summary>A copy into a dense target.</summary>
    public static StridedCopy ToDense(ReadOnlySpan<int> extents, ReadOnlySpan<long> sources, long from = 0) =>
        new(extents, sources, Strides.Of(extents), from);

    /// <summary>Copies; source and target must not overlap.</summary>
    public void Run(byte* source, byte* target, int elementSize)
    {
        if (_isEmpty)
            return;
        switch (elementSize)
        {
            case 1:
                Walk(source, target);
                break;
            case 4:
                Walk((uint*)source, (uint*)target);
                break;
            default:
                Walk((ulong*)source, (ulong*)target);
                break;
        }
    }

    private void Walk<T>(T* source, T* target) where T : unmanaged
    {
        int outer = _extents.Length - (_isTransposed ? 2 : 1);
        Span<int> position = stackalloc int[outer];
        position.Clear();
        source += _from;
        target += _to;
        int axis;
        do
        {
            CopyInner(source, target);
            for (axis = outer - 1; axis >= 0; axis--)
            {
                source += _sources[axis];
                target += _targets[axis];
                if (++position[axis] < _extents[axis])
                    break;
                source -= _sources[axis] * _extents[axis];
                target -= _targets[axis] * _extents[axis];
                position[axis] = 0;
            }
        }
        while (axis >= 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyInner<T>(T* source, T* target) where T : unmanaged
    {
        if (_isTransposed)
            CopyTransposed(source, target);
        else if (_sources[^1] == 1 && _targets[^1] == 1)
            new ReadOnlySpan<T>(source, _extents[^1]).CopyTo(new Span<T>(target, _extents[^1]));
        else
            CopyStrided(source, target);
    }

    private void CopyStrided<T>(T* source, T* target) where T : unmanaged
    {
        int extent = _extents[^1];
        long from = _sources[^1];
        long to = _targets[^1];
        if (from == 0 && to == 1)
        {
            new Span<T>(target, extent).Fill(*source);
            return;
        }

        for (int i = 0; i < extent; i++)
            target[i * to] = source[i * from];
    }

    // A few planes, such as those of a colour picture, each read from end to end.
    private void Interleave<T>(T* source, T* target) where T : unmanaged
    {
        (int rows, int columns) = (_extents[^2], _extents[^1]);
        (long from, long to) = (_sources[^1], _targets[^2]);
        for (int column = 0; column < columns; column++)
        {
            T* plane = source + (column * from);
            T* element = target + column;
            for (int row = 0; row < rows; row++, element += to)
                *element = plane[row];
        }
    }

    // Square tiles keep both sides in the cache: rows are contiguous in the source, columns in the target.
    private void CopyTransposed<T>(T* source, T* target) where T : unmanaged
    {
        (int rows, int columns) = (_extents[^2], _extents[^1]);
        (long from, long to) = (_sources[^1], _targets[^2]);
        if (columns < Tile)
        {
            Interleave(source, target);
            return;
        }

        for (int row = 0; row < rows; row += Tile)
        {
            int rowEnd = Math.Min(row + Tile, rows);
            for (int column = 0; column < columns; column += Tile)
            {
                int columnEnd = Math.Min(column + Tile, columns);
                for (int r = row; r < rowEnd; r++)
                {
                    for (int c = column; c < columnEnd; c++)
                        target[(r * to) + c] = source[(c * from) + r];
                }
            }
        }
    }
}
