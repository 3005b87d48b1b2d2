namespace EdgeConv.Devices.Board;

/// <summary>
/// The board's input power, from the rails of a Jetson or a monitor on the supply of another board.
/// </summary>
internal sealed class PowerMeter(SysRoot root)
{
    // What feeds everything, by board: one rail, or on AGX Orin three that together are the input.
    private static readonly string[][] InputLabels =
        [["VDD_IN"], ["POM_5V_IN"], ["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"]];
    private static readonly string[] MonitorChips =
        ["ina219", "ina220", "ina226", "ina230", "ina231", "ina234", "ina260", "ina2xx"];

    private IReadOnlyList<PowerMonitor> _rails = [];

    /// <summary>Power in W; null when no input is measured.</summary>
    public double? Watts()
    {
        double? watts = Sum(_rails);
        if (watts is not null)
            return watts;
        // A driver that is loaded late or anew has other numbers.
        _rails = Find();
        return Sum(_rails);
    }

    // One silent rail makes the sum unknown, not smaller.
    private static double? Sum(IReadOnlyList<PowerMonitor> rails)
    {
        double? sum = rails.Count == 0 ? null : 0;
        foreach (PowerMonitor rail in rails)
            sum += rail.Watts();
        return sum;
    }

    private List<PowerMonitor> Find()
    {
        IReadOnlyList<string> chips = root.Folders("sys/class/hwmon");
        List<PowerMonitor> rails = [.. chips
            .Where(chip => SysRoot.Text(chip, "name") == "ina3221")
            .SelectMany(chip => Enumerable.Range(1, 3).Select(channel => new PowerMonitor(chip, channel)))];
        foreach (string[] labels in InputLabels)
        {
            List<PowerMonitor> inputs = rails.FindAll(rail => labels.Contains(rail.Label));
            if (inputs.Count == labels.Length && Sum(inputs) is not null)
                return inputs;
        }

        return [.. chips
            .Where(chip => MonitorChips.Contains(SysRoot.Text(chip, "name")))
            .Select(chip => new PowerMonitor(chip, 0))
            .OrderBy(monitor => monitor.Address, StringComparer.Ordinal)
            .Where(monitor => monitor.Watts() is not null)
            .Take(1)];
    }
}
