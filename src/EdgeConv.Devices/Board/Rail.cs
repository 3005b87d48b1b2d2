namespace EdgeConv.Devices.Board;

/// <summary>
/// A supply line whose power a chip measures, as the kernel's hwmon drives it: one of the three of an INA3221
/// (channel 1 to 3: mV and mA), or the one of an INA219 or its kin (channel 0: µW).
/// </summary>
internal sealed class Rail(SysRoot root, string folder, int channel)
{
    // What an INA3221, and what others can have at their inputs; more than any board here draws.
    private const double MostVolts = 26;
    private const double MostVoltsOfOthers = 85;
    private const double MostWatts = 500;
    private static readonly string[] SingleChips =
    [
        "ina219", "ina220", "ina226", "ina228", "ina230", "ina231", "ina234", "ina237", "ina238", "ina260",
        "ina2xx",
    ];

    private readonly SysFile _power = root.File(folder, "power1_input");
    private readonly SysFile _voltage = root.File(folder, $"in{(channel == 0 ? 1 : channel)}_input");
    private readonly SysFile _current = root.File(folder, $"curr{(channel == 0 ? 1 : channel)}_input");

    /// <summary>Name of the rail; null when it has none.</summary>
    public string? Label { get; } = channel == 0 ? null : root.Text(folder, $"in{channel}_label");

    /// <summary>Kind of the chip: <c>ina3221</c>.</summary>
    public string Chip { get; } = root.Text(folder, "name") ?? "";

    /// <summary>Where the chip is, <c>1-0040</c>: unlike its number, the same after each boot.</summary>
    public string Address { get; } = SysRoot.LinkTarget(folder, "device") ?? Path.GetFileName(folder);

    /// <summary>The chip's folder.</summary>
    public string Folder => folder;

    /// <summary>1 to 3, or 0 of a chip with one rail.</summary>
    public int Channel => channel;

    /// <summary>Power in W; null when the chip does not answer or tells what cannot be.</summary>
    public double? Watts() =>
        (channel == 0 ? _power.Number() / 1e6 : Volts() * Amperes()) is { } watts and >= 0 and <= MostWatts
            ? watts
            : null;

    /// <summary>Voltage in V; null as for the power.</summary>
    public double? Volts() =>
        _voltage.Number() / 1e3 is { } volts and >= 0 && volts <= (channel == 0 ? MostVoltsOfOthers : MostVolts)
            ? volts
            : null;

    /// <summary>Current in A, negative where it flows back; null when the chip does not answer.</summary>
    public double? Amperes() => _current.Number() / 1e3;

    /// <summary>Which attribute that the power needs holds no number; null when all do.</summary>
    public SysFile? Silent() => (channel == 0 ? (SysFile[])[_power] : [_voltage, _current])
        .FirstOrDefault(file => file.Number() is null);

    /// <summary>The rails of a board, by address and channel.</summary>
    public static List<Rail> Find(SysRoot root)
    {
        List<Rail> rails = [];
        foreach (string chip in root.Folders("sys/class/hwmon"))
        {
            string? name = root.Text(chip, "name");
            if (name == "ina3221")
                rails.AddRange([new Rail(root, chip, 1), new Rail(root, chip, 2), new Rail(root, chip, 3)]);
            else if (SingleChips.Contains(name))
                rails.Add(new Rail(root, chip, 0));
        }

        return [.. rails.OrderBy(rail => rail.Address, StringComparer.Ordinal).ThenBy(rail => rail.Channel)];
    }
}
