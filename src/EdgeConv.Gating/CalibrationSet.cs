namespace EdgeConv.Gating;

/// <summary>
/// Features of the samples that calibrate, all taps' one after another; in an order that their content
/// decides, whatever order they came in. Not thread-safe.
/// </summary>
internal sealed class CalibrationSet
{
    private readonly List<(ulong Hash, float[] Features)> _samples = [];
    private readonly HashSet<ulong> _distinct = [];

    public int Count => _samples.Count;

    /// <summary>Samples that differ; what has the same hash has the same features.</summary>
    public int DistinctCount => _distinct.Count;

    public void Add(ulong hash, ReadOnlySpan<float> features)
    {
        _samples.Add((hash, features.ToArray()));
        _distinct.Add(hash);
    }

    /// <summary>The samples in the order they came.</summary>
    public IEnumerable<float[]> Samples => _samples.Select(s => s.Features);

    /// <summary>Whether no two samples differ.</summary>
    public bool AreEqual() => DistinctCount <= 1;

    /// <summary>The samples by ascending hash.</summary>
    public float[][] InOrder() => [.. _samples.OrderBy(s => s.Hash).Select(s => s.Features)];
}
