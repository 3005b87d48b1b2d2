using System.Runtime.InteropServices;

namespace EdgeConv.Devices.Interop;

/// <summary>
/// What a path names, asked without opening it: opening a pipe waits for its writer. statx(2).
/// </summary>
internal static unsafe partial class FileKind
{
    private const int RelativeToWorkingFolder = -100;
    private const uint WantType = 1;
    private const int TypeMask = 0xF000;
    private const int Fifo = 0x1000;
    private const int CharacterDevice = 0x2000;

    /// <summary>True for a named pipe or a character device: a writer that delivers when it likes.</summary>
    public static bool IsStream(string path)
    {
        StatusX status;
        return Statx(RelativeToWorkingFolder, path, 0, WantType, &status) == 0 &&
            (status.Mode & TypeMask) is Fifo or CharacterDevice;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, StatusX* status);

    /// <summary>struct statx of linux/stat.h; only the field that is read is named.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatusX
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
