using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>What becomes of a sample.</summary>
public enum SampleSide
{
    /// <summary>The distances are fitted to it.</summary>
    Fit,

    /// <summary>It calibrates them.</summary>
    Calibration,

    /// <summary>It is left out, as it overlaps samples of both.</summary>
    Neither,
}

/// <summary>
/// Decides by content which samples calibrate: a sample does where XXH64 over the seed (8 bytes,
/// little-endian) and the bits of its features, as a fraction of 2⁶⁴, is below the share. So the order of the
/// samples does not matter, equal samples are never on both sides, and devices that see parts of the data
/// decide as one that sees all of it. Not thread-safe.
/// </summary>
internal sealed class SampleSplit
{
    private const int SeedBytes = sizeof(ulong);
    private readonly byte[] _bytes;
    private readonly double _share;

    public SampleSplit(ulong seed, double share, int features)
    {
        _bytes = new byte[SeedBytes + features * sizeof(float)];
        _share = share;
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes, seed);
    }

    /// <summary>The hash of a sample, by which it is also put in order among others.</summary>
    public ulong HashOf(ReadOnlySpan<float> features)
    {
        MemoryMarshal.AsBytes(features).CopyTo(_bytes.AsSpan(SeedBytes));
        return Xxh64.Hash(_bytes);
    }

    /// <summary>The side of the sample with this hash.</summary>
    public SampleSide SideOf(ulong hash) => Fraction(hash) < _share ? SampleSide.Calibration : SampleSide.Fit;

    /// <summary>A hash as a number in [0,1).</summary>
    public static double Fraction(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));
}
