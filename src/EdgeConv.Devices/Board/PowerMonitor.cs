namespace EdgeConv.Devices.Board;

/// <summary>
/// One measured rail of an INA3221 (channel 1 to 3: mV and mA) or the one of an INA219 or INA226 (channel 0:
/// µW), as the kernel's hwmon drives them.
/// </summary>
internal sealed class PowerMonitor(string folder, int channel)
{
    private readonly string? _chip = SysRoot.Text(folder, "name");

    /// <summary>Name of the rail; null when it has none.</summary>
    public string? Label { get; } = LabelOf(folder, channel);

    /// <summary>Where the chip is, <c>1-0040</c>: unlike its number, the same after each boot.</summary>
    public string Address { get; } = SysRoot.LinkTarget(folder, "device") ?? Path.GetFileName(folder);

    /// <summary>
    /// Power in W; null when the chip does not answer, measures nothing sensible or has given its number to
    /// another.
    /// </summary>
    public double? Watts()
    {
        double? watts = channel == 0 ? SysRoot.Number(folder, "power1_input") / 1e6 : Volts() * Amperes();
        bool isSame = SysRoot.Text(folder, "name") == _chip && LabelOf(folder, channel) == Label;
        return watts >= 0 && isSame ? watts : null;
    }

    private double? Volts() => SysRoot.Number(folder, $"in{channel}_input") / 1e3;

    private double? Amperes() => SysRoot.Number(folder, $"curr{channel}_input") / 1e3;

    private static string? LabelOf(string folder, int channel) =>
        channel == 0 ? null : SysRoot.Text(folder, $"in{channel}_label");
}
