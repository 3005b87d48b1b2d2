using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Fitting;

/// <summary>A hash over the data that a fingerprint was fitted to.</summary>
internal static class DataHash
{
    /// <summary>
    /// SHA-256 over names, lengths and contents of a file, or of a folder's files in name order.
    /// </summary>
    /// <remarks>Pipes, devices and dangling links in a folder hold no data and are left out.</remarks>
    /// <exception cref="DataError">Something cannot be read.</exception>
    public static string Of(string path, CancellationToken cancellation)
    {
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            string[] files = Directory.Exists(path)
                ? [.. Directory.EnumerateFiles(path).Where(file => BoundedFile.WhyNoFile(file) is null)]
                : [path];
            Array.Sort(files, StringComparer.Ordinal);
            foreach (string file in files)
                Append(hash, file, cancellation);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be read: {error.Message}", error);
        }
    }

    private static void Append(IncrementalHash hash, string file, CancellationToken cancellation)
    {
        using FileStream stream = File.OpenRead(file);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, stream.Length);
        hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
        hash.AppendData(length);
        byte[] block = new byte[1 << 16];
        for (int read = stream.Read(block); read > 0; read = stream.Read(block))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block.AsSpan(0, read));
        }
    }
}
