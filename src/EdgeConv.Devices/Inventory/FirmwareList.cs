using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices.Board;
using EdgeConv.Devices.Firmware;

namespace EdgeConv.Devices.Inventory;

/// <summary>What a Raspberry Pi's firmware and the kernel's monitor of its supply tell.</summary>
internal static class FirmwareList
{
    public static IEnumerable<DeviceEntry> Read(SysRoot root, RaspberryPi firmware)
    {
        SysFile device = root.File("", RaspberryPi.Device);
        Throttling? throttling = firmware.Throttling();
        DeviceEntry entry = new("throttling", "firmware", root.NameOf(device.Path));
        if (throttling is { } flags)
            yield return entry with { Detail = TextOf(flags) };
        else if (device.Exists)
            yield return firmware.IsDenied
                ? entry.Through(device, "video")
                : entry with { Problem = "the firmware does not answer" };
        if (PmicText.Watts(firmware.Answer("pmic_read_adc"u8)) is { } watts)
            yield return new DeviceEntry("rail", "PMIC", root.NameOf(device.Path))
            {
                Value = watts,
                Unit = "W",
                Detail = Input(firmware) + "without what USB and HATs draw from 5 V",
            };
        foreach (string folder in root.Folders("sys/class/hwmon")
            .Where(folder => root.Text(folder, "name") == UnderVoltageAlarm.Chip))
            yield return Alarm(root, folder);
    }

    private static string Input(RaspberryPi firmware) =>
        PmicText.Volts(firmware.Answer("pmic_read_adc"u8), "EXT5V"u8) is { } volts
            ? string.Create(CultureInfo.InvariantCulture, $"supply {volts:0.###} V, ")
            : "";

    private static DeviceEntry Alarm(SysRoot root, string folder)
    {
        SysFile alarm = root.File(folder, "in0_lcrit_alarm");
        string? state = alarm.Number() switch { 0 => "supply is well", 1 => "supply below 4.63 V", _ => null };
        DeviceEntry entry = new("throttling", UnderVoltageAlarm.Chip, root.NameOf(folder)) { Detail = state };
        return state is null ? entry.Without(alarm) : entry;
    }

    private static string TextOf(Throttling flags)
    {
        Throttling now = flags & Throttling.Now;
        Throttling earlier = (Throttling)((int)(flags & Throttling.SinceBoot) >> 16);
        return $"now {Words(now)}, since boot {Words(earlier)}";
    }

    private static string Words(Throttling now)
    {
        if (now == Throttling.None)
            return "nothing";
        List<string> words = [];
        if (now.HasFlag(Throttling.UnderVoltage))
            words.Add("under-voltage");
        if (now.HasFlag(Throttling.FrequencyCapped))
            words.Add("clock capped");
        if (now.HasFlag(Throttling.Throttled))
            words.Add("throttled");
        if (now.HasFlag(Throttling.SoftTemperatureLimit))
            words.Add("soft temperature limit");
        return string.Join(" and ", words);
    }
}
