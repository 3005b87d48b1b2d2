using System.Runtime.InteropServices;
using System.Text;

namespace EdgeConv.Devices.Video.Interop;

/// <summary>
/// An open video device. Results below 0 are a negated errno. A call that a signal interrupts is repeated.
/// </summary>
internal interface IVideoNode : IDisposable
{
    /// <summary>Now on the clock of the kernel's timestamps, CLOCK_MONOTONIC, ns.</summary>
    long Nanoseconds { get; }

    /// <summary>ioctl(2); the driver reads and writes the argument.</summary>
    int Request(VideoRequest request, Span<byte> argument);

    /// <summary>
    /// Waits until there is something to dequeue: above 0 when there is or the device has failed, 0 when time
    /// is up. poll(2).
    /// </summary>
    int Wait(int milliseconds);

    /// <summary>Maps a buffer of the driver for reading and writing: its address. mmap(2).</summary>
    nint Map(uint length, uint offset);

    /// <summary>
    /// Unmaps it; also after the node has been disposed, which leaves mappings alone. munmap(2).
    /// </summary>
    void Unmap(nint address, uint length);
}

/// <summary>Opens video devices.</summary>
internal interface IVideoOpener
{
    /// <summary>Opens a device; null, and a negated errno, when that fails.</summary>
    IVideoNode? Open(string path, out int problem);
}

/// <summary>Requests with their structures.</summary>
internal static class VideoNodes
{
    /// <summary>A request with a structure that the driver reads and writes; 0 or a negated errno.</summary>
    public static int Request<T>(this IVideoNode node, VideoRequest request, ref T argument)
        where T : unmanaged
        => node.Request(request, MemoryMarshal.AsBytes(new Span<T>(ref argument)));

    /// <summary>Text of a structure, up to its 0.</summary>
    public static string TextOf(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]).Trim();
    }
}
