namespace EdgeConv.Devices.Board;

/// <summary>
/// Voltage of the processor cores: of the regulator below /sys/class/regulator that is named after them; µV.
/// </summary>
internal sealed class VoltageMeter(SysRoot root)
{
    // What no core of these processors runs outside of.
    private const double LeastVolts = 0.4;
    private const double MostVolts = 1.6;
    private static readonly string[] s_names = ["vdd_cpu", "vdd_core", "vdd_arm", "vdd_soc"];
    private readonly FolderWatch _regulators = root.Watch("sys/class/regulator");
    private SysFile? _microvolts;

    /// <summary>In V; null when no regulator is known to feed them.</summary>
    public double? Read()
    {
        if (_regulators.HasChanged())
            _microvolts = Find();
        double? volts = _microvolts?.Number() / 1e6;
        return volts is >= LeastVolts and <= MostVolts ? volts : null;
    }

    // Several may match (a cluster each): the first by name, so that it is the same one at each start.
    private SysFile? Find() => root.Folders("sys/class/regulator")
        .Select(folder => (Folder: folder, Name: Normalised(root.Text(folder, "name"))))
        .Where(regulator => s_names.Any(name => regulator.Name.StartsWith(name, StringComparison.Ordinal)))
        .OrderBy(regulator => Array.FindIndex(
            s_names, name => regulator.Name.StartsWith(name, StringComparison.Ordinal)))
        .ThenBy(regulator => regulator.Name, StringComparer.Ordinal)
        .Select(regulator => root.File(regulator.Folder, "microvolts"))
        .FirstOrDefault();

    private static string Normalised(string? name) =>
        (name ?? "").Trim().ToLowerInvariant().Replace('-', '_');
}
