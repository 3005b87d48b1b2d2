namespace EdgeConv.Devices.Board;

/// <summary>Temperatures as the kernel writes them, in millidegrees Celsius.</summary>
internal static class Temperature
{
    // A sensor that sleeps or is broken reports values like -256, -274 or 255.
    private const double Coldest = -60;
    private const double Hottest = 150;

    /// <summary>In °C, from -60 to 150; null when there is none, or none that electronics survive.</summary>
    public static double? Of(SysFile file) =>
        file.Number() / 1000.0 is { } celsius and >= Coldest and <= Hottest ? celsius : null;
}
