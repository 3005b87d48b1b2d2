using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeConv.Devices.Interop;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Devices.Video.Interop;

/// <summary>Opens the video devices of this machine.</summary>
internal sealed class VideoOpener : IVideoOpener
{
    /// <inheritdoc/>
    public IVideoNode? Open(string path, out int problem) => VideoNode.Open(path, out problem);
}

/// <summary>A video device of this machine, opened for streaming without blocking.</summary>
internal sealed unsafe partial class VideoNode : IVideoNode
{
    private const int Interrupted = 4;
    private const int ReadAndWrite = 0x1 | 0x2;
    private const int Shared = 0x1;
    private const short HasData = 0x1;
    private readonly SafeFileHandle _file;

    private VideoNode(SafeFileHandle file) => _file = file;

    /// <summary>Opens a device; null, and a negated errno, when that fails.</summary>
    public static VideoNode? Open(string path, out int problem) =>
        DeviceNode.Open(path, out problem) is { } file ? new VideoNode(file) : null;

    /// <inheritdoc/>
    // Stopwatch reads CLOCK_MONOTONIC on Linux.
    public long Nanoseconds => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    /// <inheritdoc/>
    public int Request(VideoRequest request, Span<byte> argument)
    {
        fixed (byte* first = argument)
        {
            int result;
            do
            {
                result = Ioctl(_file, (nuint)request, first) >= 0 ? 0 : -Marshal.GetLastPInvokeError();
            }
            while (result == -Interrupted);
            return result;
        }
    }

    /// <inheritdoc/>
    public int Wait(int milliseconds)
    {
        bool isHeld = false;
        try
        {
            _file.DangerousAddRef(ref isHeld);
            PollEntry entry = new() { Number = (int)_file.DangerousGetHandle(), Events = HasData };
            int ready = Poll(&entry, 1, milliseconds);
            int problem = ready < 0 ? -Marshal.GetLastPInvokeError() : 0;
            // Whoever waits looks at the time itself: a signal only makes it look early.
            return ready >= 0 ? ready : problem == -Interrupted ? 0 : problem;
        }
        finally
        {
            if (isHeld)
                _file.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public nint Map(uint length, uint offset)
    {
        nint address = MapFile(0, length, ReadAndWrite, Shared, _file, (nint)offset);
        return address != -1 ? address : -Marshal.GetLastPInvokeError();
    }

    /// <inheritdoc/>
    public void Unmap(nint address, uint length) => _ = UnmapMemory(address, length);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapFile(
        nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(nint address, nuint length);

    // struct pollfd.
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Number;
        public short Events;
        public short Found;
    }
}
