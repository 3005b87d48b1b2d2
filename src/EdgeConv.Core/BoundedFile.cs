using System.Runtime.InteropServices;
using System.Text;

namespace EdgeConv.Core;

/// <summary>Reads small text files that a user named, whatever they turn out to be.</summary>
public static unsafe partial class BoundedFile
{
    private const int RelativeToWorkingFolder = -100;
    private const uint WantTypeAndInode = 0x101;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>
    /// The whole text of a file of at most <paramref name="most"/> bytes, UTF-8 with or without a mark.
    /// </summary>
    /// <exception cref="ConfigError">
    /// At <paramref name="place"/>: it cannot be read, or holds more.
    /// </exception>
    public static string ReadText(string place, string path, int most)
    {
        // Where the file itself is the place, its name is not said twice.
        string subject = place == path ? "" : $"{path} ";
        try
        {
            if (WhyNoFile(path) is { } problem)
            {
                throw new ConfigError(place,
                    subject.Length == 0 ? problem : $"cannot be read: {subject}{problem}");
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[most + 1];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read > most)
                throw new ConfigError(place, $"{subject}holds more than {most} bytes");
            using StreamReader text = new(new MemoryStream(bytes, 0, read), Encoding.UTF8);
            return text.ReadToEnd();
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigError(place, $"cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// What keeps a path from naming a regular file, asked without opening it: opening a pipe waits for its
    /// writer, and a device may never end. Null when it names one.
    /// </summary>
    public static string? WhyNoFile(string path) => TypeOf(path) switch
    {
        RegularFile => null,
        Folder => "is a folder; a file is needed",
        null => "is not there; a file is needed",
        _ => "is a pipe, a device or a socket; a file is needed",
    };

    /// <summary>
    /// Whether anything is there that no file may take the place of: a folder, a device, a pipe.
    /// </summary>
    public static bool IsTaken(string path) => TypeOf(path) is not (null or RegularFile);

    /// <summary>Whether two paths lead to one and the same file or folder, by whatever links.</summary>
    public static bool AreSame(string first, string second)
    {
        StatusX a, b;
        return Statx(RelativeToWorkingFolder, first, 0, WantTypeAndInode, &a) == 0 &&
            Statx(RelativeToWorkingFolder, second, 0, WantTypeAndInode, &b) == 0 &&
            (a.Inode, a.DeviceMajor, a.DeviceMinor) == (b.Inode, b.DeviceMajor, b.DeviceMinor);
    }

    private static int? TypeOf(string path)
    {
        StatusX status;
        return Statx(RelativeToWorkingFolder, path, 0, WantTypeAndInode, &status) == 0
            ? status.Mode & TypeMask
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, StatusX* status);

    /// <summary>struct statx of linux/stat.h; only the fields that are read are named.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatusX
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
