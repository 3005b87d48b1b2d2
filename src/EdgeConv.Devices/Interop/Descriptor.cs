using System.Runtime.InteropServices;

namespace EdgeConv.Devices.Interop;

/// <summary>
/// An open file, without an object: open(2), read(2), write(2), ioctl(2), close(2). Results below 0 are a negated errno.
/// </summary>
internal readonly unsafe ref partial struct Descriptor
{
    // O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, the same numbers on arm64 and x64. A pipe in a sensor's
    // place must not block.
    private const int ReadOnly = 0x100 | 0x800 | 0x80000;
    // O_WRONLY | O_NOCTTY | O_TRUNC | O_NONBLOCK | O_CLOEXEC.
    private const int WriteOnly = 0x1 | 0x100 | 0x200 | 0x800 | 0x80000;
    private const int Interrupted = 4;
    private readonly int _number;

    private Descriptor(int number) => _number = number;

    /// <summary>Why the file is not open, a negated errno; 0 when it is.</summary>
    public int Problem => Math.Min(_number, 0);

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">UTF-8 that ends in 0.</param>
    public static Descriptor Open(ReadOnlySpan<byte> path) => Open(path, ReadOnly);

    /// <summary>Opens a file that is there for writing, and empties it.</summary>
    /// <param name="path">UTF-8 that ends in 0.</param>
    public static Descriptor OpenForWriting(ReadOnlySpan<byte> path) => Open(path, WriteOnly);

    /// <summary>Reads to the end of the file or of the buffer; how many bytes that were.</summary>
    public int Read(Span<byte> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            int read = ReadSome(into[count..]);
            if (read < 0)
                return read;
            if (read == 0)
                break;
            count += read;
        }

        return count;
    }

    /// <summary>Writes all of it in one piece, as attributes want it; 0 or a negated errno.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            return WriteFile(_number, first, (nuint)bytes.Length) >= 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>A request to the driver, which reads and writes what it is given.</summary>
    public int Request(nuint request, Span<uint> words)
    {
        fixed (uint* first = words)
            return Ioctl(_number, request, first) >= 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Closes it; does nothing when it is not open.</summary>
    public void Dispose()
    {
        if (_number >= 0)
            _ = Close(_number);
    }

    private static Descriptor Open(ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* name = path)
        {
            int number = OpenFile(name, flags);
            return new Descriptor(number >= 0 ? number : -Marshal.GetLastPInvokeError());
        }
    }

    private int ReadSome(Span<byte> into)
    {
        fixed (byte* first = into)
        {
            nint read;
            do
            {
                read = ReadFile(_number, first, (nuint)into.Length);
            }
            while (read < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return read >= 0 ? (int)read : -Marshal.GetLastPInvokeError();
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenFile(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(int number, byte* into, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(int number, byte* from, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int number, nuint request, uint* argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int number);
}
