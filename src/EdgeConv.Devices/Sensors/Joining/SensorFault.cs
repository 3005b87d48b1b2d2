using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>What sensors throw, those of others too, as one line that names the sensor.</summary>
internal static class SensorFault
{
    /// <summary>Whether an exception is a sensor's fault.</summary>
    public static bool IsOne(Exception error) => error is not (OperationCanceledException or OutOfMemoryException);

    /// <summary>It as a device's error.</summary>
    public static DeviceError Of(string sensor, Exception error) => error as DeviceError
        ?? new DeviceError(sensor, ErrnoOf(error) is { } errno
            ? $"cannot be read: {SensorTrouble.Name(-errno)}"
            : $"cannot be read: {error.Message}", error);

    // System.Device.Gpio tells the errno in the text alone: "Error 121 performing I2C data transfer."
    private static int? ErrnoOf(Exception error)
    {
        const string Begin = "Error ";
        if (error is not IOException || !error.Message.StartsWith(Begin, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> rest = error.Message.AsSpan(Begin.Length);
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(
            rest[..(digits < 0 ? rest.Length : digits)], NumberStyles.None, CultureInfo.InvariantCulture, out int errno)
            ? errno
            : null;
    }
}
