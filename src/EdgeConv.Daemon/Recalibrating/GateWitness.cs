using EdgeConv.Gating;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Recalibrating;

/// <summary>What a fingerprint in use says of new data, while another is made of it. Not thread-safe.</summary>
internal sealed class GateWitness
{
    private readonly List<float>[] _distances;

    /// <param name="old">The fingerprint in use.</param>
    /// <exception cref="Core.FingerprintError">Its calibration samples suffice for no verdict.</exception>
    public GateWitness(Fingerprint old)
    {
        Old = old;
        Gate = new MahalanobisGate(old);
        _distances = [.. old.Taps.Select(_ => new List<float>())];
    }

    /// <summary>The fingerprint in use.</summary>
    public Fingerprint Old { get; }

    /// <summary>Its gate, which a session is to be loaded for.</summary>
    public MahalanobisGate Gate { get; }

    /// <summary>Samples that were judged.</summary>
    public long Count { get; private set; }

    /// <summary>Those of them that were called out of distribution.</summary>
    public long Flagged { get; private set; }

    /// <summary>The samples' squared distances at a tap, ascending.</summary>
    public IReadOnlyList<float> DistancesAt(int tap) => [.. _distances[tap].Order()];

    /// <summary>Notes what the gate has just said.</summary>
    public void Note(Outcome outcome)
    {
        Count++;
        Flagged += outcome.Gate?.Verdict == Core.Verdict.Ood ? 1 : 0;
        for (int tap = 0; tap < _distances.Length; tap++)
            _distances[tap].Add((float)Gate.DistanceOf(tap));
    }
}
