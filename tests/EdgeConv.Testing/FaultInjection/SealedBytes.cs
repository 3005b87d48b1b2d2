using System.Security.Cryptography;
using System.Text;

namespace EdgeConv.Testing.FaultInjection;

/// <summary>
/// The bytes of fingerprints and of states of fits, by what is written of their files: SHA-256 of the file
/// with its own 64 digits, which begin at byte 37, taken as zeros.
/// </summary>
public static class SealedBytes
{
    private const int DigestStart = 37;
    private const int DigestLength = 64;
    private const int TimeLength = 33;
    private static readonly byte[] Created = Encoding.ASCII.GetBytes("\"created\":\"");

    /// <summary>Whether a file has its checksum.</summary>
    public static bool AreWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DigestStart + DigestLength)
            return false;
        byte[] copy = bytes.ToArray();
        copy.AsSpan(DigestStart, DigestLength).Fill((byte)'0');
        string digest = Convert.ToHexStringLower(SHA256.HashData(copy));
        return bytes.Slice(DigestStart, DigestLength).SequenceEqual(Encoding.ASCII.GetBytes(digest));
    }

    /// <summary>
    /// A whole fingerprint without the time of its making and the checksum: what two fits of the same have in
    /// common.
    /// </summary>
    /// <exception cref="InvalidOperationException">The file does not have its checksum.</exception>
    public static byte[] ButForTime(ReadOnlySpan<byte> bytes)
    {
        if (!AreWhole(bytes))
            throw new InvalidOperationException($"{bytes.Length} bytes do not have their checksum");
        byte[] copy = bytes.ToArray();
        copy.AsSpan(DigestStart, DigestLength).Clear();
        copy.AsSpan(bytes.IndexOf(Created) + Created.Length, TimeLength).Clear();
        return copy;
    }
}
