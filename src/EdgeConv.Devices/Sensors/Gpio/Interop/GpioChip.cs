using System.Runtime.InteropServices;
using EdgeConv.Devices.Interop;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Devices.Sensors.Gpio.Interop;

/// <summary>Opens the GPIO chips of this machine.</summary>
internal sealed class GpioOpener : IGpioOpener
{
    /// <inheritdoc/>
    public IGpioChip? Open(string path, out int problem) => GpioChip.Open(path, out problem);
}

/// <summary>A GPIO chip of this machine: open(2), ioctl(2), fcntl(2), read(2).</summary>
internal sealed unsafe partial class GpioChip : IGpioChip
{
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;
    private readonly SafeFileHandle _file;

    private GpioChip(SafeFileHandle file) => _file = file;

    /// <summary>Opens a chip; null, and a negated errno, when that fails.</summary>
    public static GpioChip? Open(string path, out int problem) =>
        DeviceNode.Open(path, out problem) is { } file ? new GpioChip(file) : null;

    /// <inheritdoc/>
    public int ReadInfo(out GpioChipInfo info)
    {
        info = default;
        fixed (GpioChipInfo* first = &info)
            return Ask(_file, LineRequestCode.ChipInfo, first);
    }

    /// <inheritdoc/>
    public int ReadLineInfo(uint offset, out GpioLineInfo info)
    {
        info = new GpioLineInfo { Offset = offset };
        fixed (GpioLineInfo* first = &info)
            return Ask(_file, LineRequestCode.LineInfo, first);
    }

    /// <inheritdoc/>
    public IGpioLine? Request(uint offset, LineFlags edges, out int problem)
    {
        GpioLineRequest request = new() { FirstOffset = offset, Lines = 1, Flags = LineFlags.Input | edges };
        "edgeconv"u8.CopyTo(new Span<byte>(request.Consumer, 32));
        problem = Ask(_file, LineRequestCode.Line, &request);
        if (problem < 0)
            return null;
        // A request's file blocks, whatever the chip's does.
        _ = Control(request.File, SetFlags, NonBlocking);
        return new Line(new SafeFileHandle(request.File, ownsHandle: true));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static int Ask(SafeFileHandle file, LineRequestCode code, void* argument) =>
        Ioctl(file, (nuint)code, argument) >= 0 ? 0 : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, void* into, nuint length);

    /// <summary>A line of it.</summary>
    private sealed class Line(SafeFileHandle file) : IGpioLine
    {
        private const int Again = -11;

        public int ReadValue()
        {
            GpioLineValues values = new() { Mask = 1 };
            int problem = Ask(file, LineRequestCode.Values, &values);
            return problem < 0 ? problem : (int)(values.Bits & 1);
        }

        public int ReadEvent(out GpioLineEvent edge)
        {
            edge = default;
            fixed (GpioLineEvent* first = &edge)
            {
                nint read = ReadFile(file, first, (nuint)sizeof(GpioLineEvent));
                int problem = read >= 0 ? 0 : -Marshal.GetLastPInvokeError();
                return problem == Again ? 0 : problem < 0 ? problem : read == sizeof(GpioLineEvent) ? 1 : 0;
            }
        }

        public void Dispose() => file.Dispose();
    }
}
