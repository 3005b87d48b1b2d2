using System.Runtime.InteropServices;
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
    // O_RDONLY | O_NONBLOCK | O_CLOEXEC, the same numbers on arm64 and x64.
    private const int OpenFlags = 0x800 | 0x80000;
    private const int Interrupted = 4;
    private readonly SafeFileHandle _file;

    private ScanNode(SafeFileHandle file) => _file = file;

    /// <summary>Opens a node; null, and a negated errno, when that fails.</summary>
    public static ScanNode? Open(string path, out int problem)
    {
        int number = OpenFile(path, OpenFlags);
        problem = number >= 0 ? 0 : -Marshal.GetLastPInvokeError();
        return number >= 0 ? new ScanNode(new SafeFileHandle(number, ownsHandle: true)) : null;
    }

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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, byte* into, nuint length);
}
