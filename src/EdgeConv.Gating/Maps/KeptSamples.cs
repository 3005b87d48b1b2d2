namespace EdgeConv.Gating.Maps;

/// <summary>
/// As many samples as memory allows, those of least hash: which ones is decided by their content, whatever
/// order they come in. Not thread-safe.
/// </summary>
internal sealed class KeptSamples(int capacity)
{
    private readonly PriorityQueue<(ulong Hash, float[] Values), ulong> _greatestFirst =
        new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    /// <summary>Samples kept.</summary>
    public int Count => _greatestFirst.Count;

    /// <summary>Keeps a copy of a sample, or not.</summary>
    public void Add(ulong hash, ReadOnlySpan<float> values)
    {
        if (Count < capacity)
        {
            _greatestFirst.Enqueue((hash, values.ToArray()), hash);
            return;
        }

        if (hash >= _greatestFirst.Peek().Hash)
            return;
        // The memory of the one that goes.
        float[] memory = _greatestFirst.Dequeue().Values;
        values.CopyTo(memory);
        _greatestFirst.Enqueue((hash, memory), hash);
    }

    /// <summary>The samples with their hashes, ascending.</summary>
    public (ulong Hash, float[] Values)[] InOrder() =>
        [.. _greatestFirst.UnorderedItems.Select(item => item.Element).OrderBy(sample => sample.Hash)];
}
