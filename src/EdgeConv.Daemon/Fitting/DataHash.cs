using System.Buffers.Binary;
using System.Security.Cryptography;
using EdgeConv.Core;
using EdgeConv.Devices;

namespace EdgeConv.Daemon.Fitting;

/// <summary>A hash over the data that a fingerprint was fitted to.</summary>
internal static class DataHash
{
    /// <summary>
    /// SHA-256 over length and content of each file that is read as samples, in the order in which they are
    /// read. Names do not matter, nor does what else lies beside them.
    /// </summary>
    /// <remarks>Pipes, devices and dangling links in a folder hold no data and are left out.</remarks>
    /// <exception cref="EdgeConvError">Something cannot be read, or there is none.</exception>
    public static string Of(SourceOptions data, CancellationToken cancellation)
    {
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (string file in SourceFactory.FilesOf(data).Where(file => BoundedFile.WhyNoFile(file) is null))
                Append(hash, file, cancellation);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataError(data.Path, $"cannot be read: {error.Message}", error);
        }
    }

    private static void Append(IncrementalHash hash, string file, CancellationToken cancellation)
    {
        using FileStream stream = File.OpenRead(file);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, stream.Length);
        hash.AppendData(length);
        byte[] block = new byte[1 << 16];
        for (int read = stream.Read(block); read > 0; read = stream.Read(block))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block.AsSpan(0, read));
        }
    }
}
