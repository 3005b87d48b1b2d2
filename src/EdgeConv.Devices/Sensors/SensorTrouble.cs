using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors;

/// <summary>What a negated errno of a sensor means, in one line with what would help.</summary>
internal static class SensorTrouble
{
    public const int NotPermitted = -1;
    public const int NoEntry = -2;
    public const int NoAddress = -6;
    public const int Again = -11;
    public const int Denied = -13;
    public const int Busy = -16;
    public const int NoDevice = -19;
    public const int Invalid = -22;
    public const int ReadOnlyFileSystem = -30;
    public const int NoData = -61;

    /// <summary>Whether the device is there but has no value at the moment.</summary>
    public static bool IsNoValue(int problem) => problem is Again or NoData or Invalid;

    /// <summary>Whether this process may not write.</summary>
    public static bool IsUnwritable(int problem) => problem is Denied or NotPermitted or ReadOnlyFileSystem;

    /// <summary>Why an attribute cannot be read.</summary>
    /// <param name="place">The sensor.</param>
    /// <param name="attribute">The attribute: <c>in_temp_raw</c>.</param>
    /// <param name="problem">A negated errno.</param>
    public static DeviceError Of(string place, string attribute, int problem) => new(place, problem switch
    {
        NoEntry or NoDevice or NoAddress => $"{attribute} is gone; used again when it returns",
        Denied or NotPermitted => $"{attribute} may not be read; sudo chmod a+r on it allows it",
        Busy => $"{attribute} is busy (EBUSY): its buffer is read; 'buffer: true' would be right, "
            + "or end the other program",
        _ => $"{attribute}: {Name(problem)}; tried again",
    });

    /// <summary>What went wrong, in words, with the name of the error.</summary>
    public static string Name(int problem) => -problem switch
    {
        5 => "the device does not answer (EIO)",
        6 => "no device acknowledges (ENXIO)",
        11 => "no value at the moment (EAGAIN)",
        13 => "permission denied (EACCES)",
        16 => "another program uses it (EBUSY)",
        19 => "the device is gone (ENODEV)",
        22 => "the driver refuses it (EINVAL)",
        30 => "/sys is read-only here (EROFS)",
        61 => "no value at the moment (ENODATA)",
        110 => "the bus does not answer (ETIMEDOUT)",
        121 => "no device acknowledges (EREMOTEIO)",
        _ => $"error {-problem}",
    };
}
