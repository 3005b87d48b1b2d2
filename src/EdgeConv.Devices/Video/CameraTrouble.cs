using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Devices.Video;

/// <summary>What a negated errno of a camera means, in one line with what would help.</summary>
internal static class CameraTrouble
{
    public const int NotPermitted = -1;
    public const int NoEntry = -2;
    public const int InputOutput = -5;
    public const int NoSuchAddress = -6;
    public const int NoMemory = -12;
    public const int Denied = -13;
    public const int Busy = -16;
    public const int NoDevice = -19;
    public const int Invalid = -22;
    public const int NotTerminal = -25;
    public const int NoSpace = -28;

    /// <summary>Whether the camera is not there any more.</summary>
    public static bool IsGone(int problem) => problem is NoDevice or NoSuchAddress or NoEntry;

    /// <summary>Why a camera cannot be used.</summary>
    /// <param name="place">The camera.</param>
    /// <param name="attempt">What was tried: <c>take yuyv 640x480</c>.</param>
    /// <param name="problem">A negated errno.</param>
    /// <param name="users">Who has it open, as <see cref="NodeUsers"/> says it; null when not known.</param>
    public static DeviceError Of(string place, string attempt, int problem, string? users) =>
        new(place, Text(attempt, problem, users));

    private static string Text(string attempt, int problem, string? users) => problem switch
    {
        Denied or NotPermitted =>
            "permission missing: group video; sudo usermod -aG video $USER and log in again",
        Busy when users is null =>
            $"cannot {attempt}: another program uses the camera; sudo fuser -v /dev/video* names it",
        Busy => $"cannot {attempt}: {users} uses the camera; end it, or take another camera",
        NoDevice or NoSuchAddress or NoEntry => "is unplugged; used again when it returns",
        NoSpace => $"cannot {attempt}: its USB bus has no room left; a smaller size, a lower rate_hz, "
            + "format: mjpg or a port of another bus would be right",
        Invalid => $"cannot {attempt}: the driver refuses it (EINVAL); "
            + "another 'format', 'width' or 'height' may do",
        InputOutput => $"cannot {attempt}: the camera does not answer (EIO); tried again",
        NoMemory => $"cannot {attempt}: the kernel has no memory for its buffers; "
            + "a smaller size would be right",
        NotTerminal => "is no video device",
        _ => string.Create(CultureInfo.InvariantCulture, $"cannot {attempt}: error {-problem}; tried again"),
    };
}
