using System.Globalization;
using EdgeConv.Devices;
using EdgeConv.Devices.Inventory;

namespace EdgeConv.Daemon.Inventory;

/// <summary>Prints a machine's devices, one a line.</summary>
internal static class DeviceTable
{
    private const int WidestName = 40;
    private const int WidestPath = 60;

    public static void Print(SysRoot root, IReadOnlyList<DeviceEntry> devices, TextWriter output)
    {
        if (root.IsRedirected)
            output.WriteLine(
                $"EDGECONV_SYSROOT is set: these are not this machine's devices but those below {root.Root}");
        string[][] rows = [.. devices.Select(Cells).Prepend(["kind", "name", "where", "reading", "notes"])];
        int name = Width(rows, 1, WidestName);
        int path = Width(rows, 2, WidestPath);
        int reading = Width(rows, 3, WidestName);
        foreach (string[] row in rows)
        {
            string where = $"{row[0],-10} {row[1].PadRight(name)} {row[2].PadRight(path)}";
            output.WriteLine($"{where} {row[3].PadLeft(reading)}  {row[4]}".TrimEnd());
        }

        output.WriteLine(Summary(devices));
    }

    private static string[] Cells(DeviceEntry device)
    {
        string reading = device.Value is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"{Rounded(value):0.###} {device.Unit}")
            : "-";
        string notes = string.Join("; ", ((string?[])[device.Detail, device.Problem])
            .Where(note => note is { Length: > 0 }));
        return [.. ((string[])[device.Kind, device.Name, device.Path, reading, notes]).Select(Printable)];
    }

    // To what is shown; the sum makes 0 of -0.
    private static double Rounded(double value) => Math.Round(value, 3) + 0.0;

    // Names come from device trees and plugged-in devices, and may hold anything.
    private static string Printable(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));

    private static int Width(string[][] rows, int column, int most) =>
        Math.Min(most, rows.Max(row => row[column].Length));

    private static string Summary(IReadOnlyList<DeviceEntry> devices)
    {
        int denied = devices.Count(device => device.IsDenied);
        string permissions = denied == 0
            ? "no permission is missing"
            : $"{denied} without permission, see their notes";
        return $"{devices.Count} devices, {permissions}";
    }
}
