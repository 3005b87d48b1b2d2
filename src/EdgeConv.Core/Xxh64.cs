using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeConv.Core;

/// <summary>
/// The 64-bit hash XXH64 with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md): finds damage as fast as
/// memory is read; no protection against intent.
/// </summary>
public static class Xxh64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;
    private const int StripeWords = 4;

    /// <summary>The hash of <paramref name="bytes"/>.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int stripes = words.Length / StripeWords * StripeWords;
        ulong hash = (stripes == 0 ? Prime5 : Stripes(words[..stripes])) + (ulong)bytes.Length;
        foreach (ulong word in words[stripes..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, word), 27) * Prime1) + Prime4;
        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(ulong))..];
        if (rest.Length >= sizeof(uint))
        {
            hash ^= MemoryMarshal.Read<uint>(rest) * Prime1;
            hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
            rest = rest[sizeof(uint)..];
        }

        foreach (byte next in rest)
            hash = BitOperations.RotateLeft(hash ^ (next * Prime5), 11) * Prime1;
        return Avalanche(hash);
    }

    private static ulong Stripes(ReadOnlySpan<ulong> words)
    {
        ulong a = unchecked(Prime1 + Prime2), b = Prime2, c = 0, d = unchecked(0 - Prime1);
        for (int i = 0; i + StripeWords <= words.Length; i += StripeWords)
        {
            a = Round(a, words[i]);
            b = Round(b, words[i + 1]);
            c = Round(c, words[i + 2]);
            d = Round(d, words[i + 3]);
        }

        ulong hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
            + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        return Merge(Merge(Merge(Merge(hash, a), b), c), d);
    }

    private static ulong Round(ulong lane, ulong word) =>
        BitOperations.RotateLeft(lane + (word * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }
}
