namespace EdgeConv.Devices.Interop;

/// <summary>Reads small files; safe to call from any thread.</summary>
internal interface IFileReader
{
    /// <summary>
    /// Reads a file from its beginning, to its end or the buffer's; how many bytes, or a negated errno.
    /// </summary>
    /// <param name="path">UTF-8 that ends in 0.</param>
    /// <param name="into">The buffer.</param>
    int Read(ReadOnlySpan<byte> path, Span<byte> into);
}

/// <summary>Reads files of this machine. Each call opens the file anew, so that no handle can go dead.</summary>
internal sealed class FileReader : IFileReader
{
    /// <inheritdoc/>
    public int Read(ReadOnlySpan<byte> path, Span<byte> into)
    {
        using Descriptor file = Descriptor.Open(path);
        return file.Problem < 0 ? file.Problem : file.Read(into);
    }
}
