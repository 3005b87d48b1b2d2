using System.Runtime.InteropServices;
using EdgeConv.Devices.Interop;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Devices.Sensors.Iio.Interop;

/// <summary>Opens the nodes that buffers are read through.</summary>
internal interface IScanOpener
{
    /// <summary>Opens a node; null, and a negated errno, when that fails.</summary>
    IScanNode? Open(string path, out int problem);
}

/// <summary>What a device's buffer is read through.</summary>
internal interface IScanNode : IDisposable
{
    /// <summary>
    /// Takes what is there, whole scans, without waiting: how many bytes, 0 for none, or a negated errno.
    /// </summary>
    int Read(Span<byte> into);
}

/// <summary>Opens nodes of this machine.</summary>
internal sealed class ScanOpener : IScanOpener
{
    /// <inheritdoc/>
    public IScanNode? Open(string path, out int problem) => ScanNode.Open(path, out problem);
}

/// <summary>A node below /dev, opened without blocking: open(2), read(2).</summary>
internal sealed unsafe partial class ScanNode : IScanNode
{
    private const int Interrupted = 4;
    private readonly SafeFileHandle _file;

    private ScanNode(SafeFileHandle file) => _file = file;

    /// <summary>Opens a node; null, and a negated errno, when that fails.</summary>
    public static ScanNode? Open(string path, out int problem) =>
        DeviceNode.OpenToRead(path, out problem) is { } file ? new ScanNode(file) : null;

    /// <inheritdoc/>
    public int Read(Span<byte> into)
    {
        fixed (byte* first = into)
        {
            int read;
            do
            {
                nint count = ReadFile(_file, first, (nuint)into.Length);
                read = count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
            }
            while (read == -Interrupted);
            return read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, byte* into, nuint length);
}
