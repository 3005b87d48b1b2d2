using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// A safetensors file whose metadata begins with <c>checksum</c>: the SHA-256 of the whole file with these 64
/// digits replaced by zeros, at a fixed place.
/// <code>
/// byte 0: N
///      8: {"__metadata__":{"checksum":"
///     37: 64 hexadecimal digits
///    101: ","format":...
/// </code>
/// </summary>
/// <param name="noun">What such a file is, for messages: "fingerprint".</param>
internal sealed class SealedFile(string noun)
{
    private const long MaximumBytes = 1L << 30;
    private const int DigestLength = 64;
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("{\"__metadata__\":{\"checksum\":\"");

    private static int DigestStart => 8 + Prefix.Length;

    /// <summary>A writer that has room for the checksum.</summary>
    public static SafeTensorsWriter Begin()
    {
        SafeTensorsWriter writer = new();
        writer.Add("checksum", new string('0', DigestLength));
        return writer;
    }

    /// <summary>The file's bytes, with their checksum.</summary>
    public static byte[] Seal(SafeTensorsWriter writer)
    {
        byte[] bytes = writer.ToBytes();
        Digest(bytes).CopyTo(bytes, DigestStart);
        return bytes;
    }

    /// <summary>The bytes of a file, their checksum not looked at yet.</summary>
    /// <exception cref="FingerprintError">It cannot be read, or has an impossible size.</exception>
    public byte[] Read(string path)
    {
        try
        {
            if (BoundedFile.WhyNoFile(path) is { } problem)
                throw new FingerprintError(path, problem);
            using FileStream file = File.OpenRead(path);
            long length = file.Length;
            if (length is < DigestLength or > MaximumBytes)
                throw new FingerprintError(path, $"{length} bytes are no {noun}");
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Refuses bytes that do not have their checksum.</summary>
    /// <exception cref="FingerprintError">A bit is not what was written.</exception>
    public void Check(string place, byte[] bytes)
    {
        if (bytes.Length < DigestStart + DigestLength
            || !bytes.AsSpan(8, Prefix.Length).SequenceEqual(Prefix))
        {
            throw new FingerprintError(place, $"this is no EdgeConv {noun}, or its beginning is damaged");
        }

        Span<byte> found = bytes.AsSpan(DigestStart, DigestLength);
        byte[] stored = found.ToArray();
        found.Fill((byte)'0');
        byte[] computed = Digest(bytes);
        stored.CopyTo(found);
        if (!stored.AsSpan().SequenceEqual(computed))
        {
            throw new FingerprintError(place,
                $"damaged: its content has checksum {Encoding.ASCII.GetString(computed)}, "
                + $"{Encoding.ASCII.GetString(stored)} expected");
        }
    }

    /// <summary>
    /// Writes a file whole or not at all: its temporary takes its place once it is on the disk.
    /// </summary>
    /// <param name="path">The file; no folder or device.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="like">As for <see cref="TemporaryFile.Replace"/>.</param>
    /// <exception cref="FingerprintError">
    /// It cannot be written; what was there before is untouched.
    /// </exception>
    public static void Write(string path, byte[] bytes, string? like = null)
    {
        // Taking the place of a device node would break the machine.
        if (BoundedFile.IsTaken(path))
            throw new FingerprintError(path, "is a folder or a device; a file is needed");
        try
        {
            TemporaryFile.Replace(path, bytes, like);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"cannot be written: {problem.Message}", problem);
        }
        catch (ArgumentOutOfRangeException problem)
        {
            // What .NET makes of EFBIG.
            throw new FingerprintError(
                path, $"cannot be written: no file here may have its {bytes.Length} bytes", problem);
        }
    }

    private static byte[] Digest(byte[] bytes) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
