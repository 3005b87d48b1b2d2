using System.Text;
using EdgeConv.Devices.Interop;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>Reads files of this machine, but for those whose path ends so: they end in an errno.</summary>
internal sealed class FaultyReader(string end, int errno) : IFileReader
{
    private readonly FileReader _reader = new();

    public int Read(ReadOnlySpan<byte> path, Span<byte> into) =>
        Encoding.UTF8.GetString(path[..^1]).EndsWith(end, StringComparison.Ordinal)
            ? -errno
            : _reader.Read(path, into);
}
