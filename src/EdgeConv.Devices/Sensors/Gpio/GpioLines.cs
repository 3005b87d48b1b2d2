using EdgeConv.Core;
using EdgeConv.Devices.Sensors.Gpio.Interop;

namespace EdgeConv.Devices.Sensors.Gpio;

/// <summary>Finds GPIO chips by what they are called, never by their number, and takes lines of them.</summary>
internal sealed class GpioLines(SysRoot root, IGpioOpener opener)
{
    // The chip that the 40 pins of a Raspberry Pi are at, by board.
    private static readonly string[] s_headers =
        ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835", "pinctrl-bcm2712"];

    /// <summary>A chip by its label or name; empty for that of the board's header, or the only one.</summary>
    /// <exception cref="DeviceError">It is not there, or may not be opened; names those that are there.</exception>
    public IGpioChip Open(string wanted)
    {
        string place = wanted.Length == 0 ? "gpio" : wanted;
        List<(IGpioChip Chip, GpioChipInfo Info)> all = OpenAll(out int problem);
        int found = Find(all, wanted);
        for (int i = 0; i < all.Count; i++)
        {
            if (i != found)
                all[i].Chip.Dispose();
        }

        if (found >= 0)
            return all[found].Chip;
        if (all.Count != 0)
            throw new DeviceError(place, "no such GPIO chip is there; there are "
                + string.Join(", ", all.Select(chip => chip.Info.Label)));
        throw new DeviceError(place, problem switch
        {
            SensorTrouble.Denied or SensorTrouble.NotPermitted =>
                "permission missing: group gpio; sudo usermod -aG gpio $USER and log in again",
            0 => "there is no GPIO chip at all",
            _ => $"no GPIO chip can be opened: {SensorTrouble.Name(problem)}",
        });
    }

    /// <summary>Takes a line as an input.</summary>
    /// <exception cref="DeviceError">It is not there, or another has it; says who.</exception>
    public static IGpioLine Request(IGpioChip chip, int line, LineFlags edges)
    {
        IGpioLine? taken = chip.Request((uint)line, edges, out int problem);
        if (taken is not null)
            return taken;
        _ = chip.ReadInfo(out GpioChipInfo info);
        string place = $"{info.Label} line {line}";
        if (problem == SensorTrouble.Busy && chip.ReadLineInfo((uint)line, out GpioLineInfo used) == 0)
            throw new DeviceError(place, $"'{used.Consumer}' has it; another line, or to end that, would be right");
        throw new DeviceError(place, problem == SensorTrouble.Invalid
            ? $"cannot be taken; the chip has lines 0 to {info.Lines - 1}"
            : $"cannot be taken: {SensorTrouble.Name(problem)}");
    }

    private List<(IGpioChip Chip, GpioChipInfo Info)> OpenAll(out int problem)
    {
        problem = 0;
        List<(IGpioChip, GpioChipInfo)> all = [];
        foreach (string folder in root.Folders("sys/bus/gpio/devices"))
        {
            IGpioChip? chip = opener.Open(root.File("dev", Path.GetFileName(folder)).Path, out int failed);
            problem = chip is null ? failed : problem;
            if (chip is not null && chip.ReadInfo(out GpioChipInfo info) == 0)
                all.Add((chip, info));
            else
                chip?.Dispose();
        }

        return all;
    }

    private static int Find(List<(IGpioChip Chip, GpioChipInfo Info)> all, string wanted)
    {
        if (wanted.Length != 0)
            return all.FindIndex(chip => chip.Info.Label == wanted || chip.Info.Name == wanted);
        int header = s_headers
            .Select(label => all.FindIndex(chip => chip.Info.Label == label))
            .FirstOrDefault(index => index >= 0, -1);
        return header >= 0 ? header : all.Count == 1 ? 0 : -1;
    }
}
