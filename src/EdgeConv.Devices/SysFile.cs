using System.Buffers.Text;
using System.Text;
using EdgeConv.Devices.Interop;

namespace EdgeConv.Devices;

/// <summary>
/// One attribute of a device, a small file of text; read anew at each call, without allocating unless a string
/// is asked for.
/// </summary>
internal sealed class SysFile(IFileReader reader, string path)
{
    private const int OperationNotPermitted = -1;
    private const int NoEntry = -2;
    private const int PermissionDenied = -13;
    private const int LongestNumber = 64;

    /// <summary>Largest file that is read; sysfs attributes have one page.</summary>
    private const int LargestFile = 4096;

    private readonly byte[] _path = Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Whether it is an attribute that this process may not read.</summary>
    public bool IsDenied => Read(stackalloc byte[1]) is PermissionDenied or OperationNotPermitted;

    /// <summary>Whether it is a device that this process may not open.</summary>
    public bool IsClosed => Open() is PermissionDenied or OperationNotPermitted;

    /// <summary>Whether it is there, opened or not.</summary>
    public bool Exists => Open() != NoEntry;

    /// <summary>Opens it, as a device is that must not be read, and closes it; 0 or a negated errno.</summary>
    public int Open() => Read([]);

    /// <summary>How many bytes were read, or a negated errno.</summary>
    public int Read(Span<byte> into) => reader.Read(_path, into);

    /// <summary>Its whole number; null when it cannot be read or holds something else.</summary>
    public long? Number()
    {
        Span<byte> bytes = stackalloc byte[LongestNumber];
        int read = Read(bytes);
        if (read <= 0 || read == bytes.Length)
            return null;
        ReadOnlySpan<byte> text = Trim(bytes[..read]);
        return Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length ? value : null;
    }

    /// <summary>Its number; null when it cannot be read, or holds something else or nothing finite.</summary>
    public double? Real() => Real(out _);

    /// <summary>Its number; null when it cannot be read, or holds something else or nothing finite.</summary>
    /// <param name="problem">Why it cannot be read, a negated errno; 0 when it can.</param>
    public double? Real(out int problem)
    {
        Span<byte> bytes = stackalloc byte[LongestNumber];
        int read = Read(bytes);
        problem = Math.Min(read, 0);
        if (read <= 0 || read == bytes.Length)
            return null;
        ReadOnlySpan<byte> text = Trim(bytes[..read]);
        bool isNumber = Utf8Parser.TryParse(text, out double value, out int used) && used == text.Length;
        return isNumber && double.IsFinite(value) ? value : null;
    }

    /// <summary>Whether it holds this text, but for surrounding space.</summary>
    public bool Holds(ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[LongestNumber];
        int read = Read(bytes);
        return read > 0 && Trim(bytes[..read]).SequenceEqual(text);
    }

    /// <summary>Its text without surrounding space; null when it cannot be read or is empty.</summary>
    public string? Text()
    {
        Span<byte> bytes = stackalloc byte[LargestFile];
        int read = Read(bytes);
        ReadOnlySpan<byte> text = Trim(bytes[..Math.Max(0, read)]);
        return text.IsEmpty ? null : Encoding.UTF8.GetString(text);
    }

    // The device tree's strings end in 0.
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n\0"u8);
}
