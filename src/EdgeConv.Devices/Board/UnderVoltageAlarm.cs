namespace EdgeConv.Devices.Board;

/// <summary>
/// The kernel's alarm that a Raspberry Pi's supply is below 4.63 V: hwmon chip <c>rpi_volt</c>.
/// </summary>
internal sealed class UnderVoltageAlarm(SysRoot root)
{
    /// <summary>Name of the chip.</summary>
    public const string Chip = "rpi_volt";

    private readonly FolderWatch _hwmon = root.Watch("sys/class/hwmon");
    private SysFile? _alarm;

    /// <summary>Whether it is; null when the kernel does not tell.</summary>
    public bool? Read()
    {
        if (_hwmon.HasChanged())
            _alarm = Find();
        return _alarm?.Number() switch { 0 => false, 1 => true, _ => null };
    }

    private SysFile? Find() => root.Folders("sys/class/hwmon")
        .Where(folder => root.Text(folder, "name") == Chip)
        .Select(folder => root.File(folder, "in0_lcrit_alarm"))
        .FirstOrDefault();
}
