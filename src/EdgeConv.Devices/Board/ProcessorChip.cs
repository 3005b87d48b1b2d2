namespace EdgeConv.Devices.Board;

/// <summary>
/// The processor's own sensor as hwmon drives it: coretemp of Intel, k10temp of AMD, whose first temperature is
/// that of the package.
/// </summary>
internal sealed class ProcessorChip(SysRoot root, string folder)
{
    private static readonly string[] Names = ["coretemp", "k10temp", "zenpower"];
    private readonly SysFile _temperature = root.File(folder, "temp1_input");

    /// <summary>Where the processor begins to throttle, °C; null when the chip does not tell.</summary>
    public double? ThrottleCelsius { get; } = Temperature.Of(root.File(folder, "temp1_crit"));

    /// <summary>Temperature in °C; null when the sensor does not answer.</summary>
    public double? Celsius() => Temperature.Of(_temperature);

    /// <summary>The chips of this board.</summary>
    public static ProcessorChip[] Find(SysRoot root) => [.. root.Folders("sys/class/hwmon")
        .Where(folder => Names.Contains(root.Text(folder, "name")))
        .Select(folder => new ProcessorChip(root, folder))];
}
