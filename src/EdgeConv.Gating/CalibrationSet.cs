namespace EdgeConv.Gating;

/// <summary>
/// Features of the samples that calibrate, all taps' one after another; in an order that their content
/// decides, whatever order they came in. Not thread-safe.
/// </summary>
internal sealed class CalibrationSet
{
    private readonly List<(ulong Hash, float[] Features)> _samples = [];

    public int Count => _samples.Count;

    public void Add(ulong hash, ReadOnlySpan<float> features) => _samples.Add((hash, features.ToArray()));

    /// <summary>The samples in the order they came.</summary>
    public IEnumerable<float[]> Samples => _samples.Select(s => s.Features);

    /// <summary>Whether no two samples differ.</summary>
    public bool AreEqual() => _samples.TrueForAll(s => s.Hash == _samples[0].Hash);

    /// <summary>The samples by ascending hash; what has the same hash has the same features.</summary>
    public float[][] InOrder() => [.. _samples.OrderBy(s => s.Hash).Select(s => s.Features)];
}
