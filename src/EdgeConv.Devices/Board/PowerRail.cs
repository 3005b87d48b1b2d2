namespace EdgeConv.Devices.Board;

/// <summary>
/// The board's input power from an INA3221, INA219 or INA226 that the kernel's hwmon drives: voltages in mV, currents
/// in mA, power in µW.
/// </summary>
internal sealed class PowerRail
{
    // Jetson boards name the rail that feeds everything; the first found counts.
    private static readonly string[] InputLabels = ["VDD_IN", "VIN_SYS_5V0", "POM_5V_IN", "VDD_GPU_SOC"];
    private readonly string _folder;
    private readonly int _channel;

    private PowerRail(string folder, int channel)
    {
        _folder = folder;
        _channel = channel;
    }

    /// <summary>The rail that feeds the board; null when none is measured.</summary>
    public static PowerRail? Find(SysRoot root)
    {
        IReadOnlyList<string> chips = root.Folders("sys/class/hwmon");
        return FindJetsonRail(chips) ?? FindMonitor(chips);
    }

    /// <summary>Power in W; null when the chip does not answer.</summary>
    public double? Watts() => _channel == 0
        ? SysRoot.Number(_folder, "power1_input") / 1e6
        : SysRoot.Number(_folder, $"in{_channel}_input") / 1e3 * (SysRoot.Number(_folder, $"curr{_channel}_input") / 1e3);

    private static PowerRail? FindJetsonRail(IReadOnlyList<string> chips)
    {
        foreach (string label in InputLabels)
        {
            foreach (string chip in chips.Where(chip => SysRoot.Text(chip, "name") == "ina3221"))
            {
                for (int channel = 1; channel <= 3; channel++)
                {
                    if (SysRoot.Text(chip, $"in{channel}_label") == label && new PowerRail(chip, channel).Watts() is not null)
                        return new PowerRail(chip, channel);
                }
            }
        }

        return null;
    }

    private static PowerRail? FindMonitor(IReadOnlyList<string> chips) => chips
        .Where(chip => SysRoot.Text(chip, "name") is "ina219" or "ina226" or "ina2xx" or "ina220" or "ina230" or "ina231")
        .Order(StringComparer.Ordinal)
        .Select(chip => new PowerRail(chip, 0))
        .FirstOrDefault(rail => rail.Watts() is not null);
}
