using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Finds data that is in two shards under different names, by calibration samples whose features are the
/// same to the bit. Where the split goes by content, data that two shards share calibrates both; where it goes
/// by position, as for windows that overlap, a recording that begins elsewhere is not noticed.
/// </summary>
/// <remarks>
/// Tolerated are one distinct sample, or one in a hundred of the smaller shard: inputs that are alike by
/// nature, such as a black picture. They count once, see <see cref="Fingerprint.DistinctCount"/>.
/// </remarks>
internal static class SharedSamples
{
    private const int OneIn = 100;

    /// <summary>Refuses shards that share more than is tolerated.</summary>
    /// <exception cref="FingerprintError">Names the first two, and how many samples they share.</exception>
    public static void Refuse(IReadOnlyList<Fingerprint> shards)
    {
        HashSet<ulong>[] samples = [.. shards.Select(SamplesOf)];
        for (int later = 1; later < shards.Count; later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                int shared = samples[later].Count(samples[earlier].Contains);
                int smaller = Math.Min(samples[later].Count, samples[earlier].Count);
                if (shared <= Math.Max(1, smaller / OneIn))
                    continue;
                throw new FingerprintError(shards[later].Place, string.Create(CultureInfo.InvariantCulture,
                    $"{shared} of its {samples[later].Count} distinct calibration samples are those of ")
                    + $"{shards[earlier].Place}; each data may be merged once");
            }
        }
    }

    private static HashSet<ulong> SamplesOf(Fingerprint shard) =>
        [.. shard.Shard!.Calibration.Select(sample => Xxh64.Hash(MemoryMarshal.AsBytes(sample.AsSpan())))];
}
