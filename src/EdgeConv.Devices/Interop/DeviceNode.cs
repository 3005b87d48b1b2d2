using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Devices.Interop;

/// <summary>Opens nodes below /dev without blocking: open(2).</summary>
internal static partial class DeviceNode
{
    // O_NONBLOCK | O_CLOEXEC, the same numbers on arm64 and x64.
    private const int WithoutBlocking = 0x800 | 0x80000;
    private const int ReadAndWrite = 0x2;

    /// <summary>Opens a node for reading; null, and a negated errno, when that fails.</summary>
    public static SafeFileHandle? OpenToRead(string path, out int problem) => Open(path, WithoutBlocking, out problem);

    /// <summary>Opens a node for reading and writing; null, and a negated errno, when that fails.</summary>
    public static SafeFileHandle? Open(string path, out int problem) =>
        Open(path, ReadAndWrite | WithoutBlocking, out problem);

    private static SafeFileHandle? Open(string path, int flags, out int problem)
    {
        int number = OpenFile(path, flags);
        problem = number >= 0 ? 0 : -Marshal.GetLastPInvokeError();
        return number >= 0 ? new SafeFileHandle(number, ownsHandle: true) : null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
