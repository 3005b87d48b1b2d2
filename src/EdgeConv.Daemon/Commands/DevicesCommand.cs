using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Inventory;
using EdgeConv.Devices;
using EdgeConv.Devices.Inventory;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv devices</c>: what this machine can measure with, see through and connect to.</summary>
internal static class DevicesCommand
{
    private const int LongestWatch = 3600;

    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "One JSON object instead of a table" };
        Option<int> watch = new("--watch")
        {
            Description = "Read once a second for so many seconds, and name sensors whose value never changed",
        };
        Command command = new(
            "devices", "List cameras, sensors, rails, thermal zones and clocks, and what permission is missing")
        {
            json, watch,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            SysRoot root = ExistingRoot();
            int seconds = SecondsOf(parsed.GetValue(watch));
            IReadOnlyList<DeviceEntry> devices = await DeviceWatch
                .ReadAsync(root, seconds, TimeProvider.System, cancellation).ConfigureAwait(false);
            if (parsed.GetValue(json))
                Console.WriteLine(DeviceJson.Of(root, devices));
            else
                DeviceTable.Print(root, devices, Console.Out);
            return Root.Success;
        });
        return command;
    }

    private static SysRoot ExistingRoot() => Directory.Exists(SysRoot.Default.Root)
        ? SysRoot.Default
        : throw new ConfigError("EDGECONV_SYSROOT",
            $"there is no folder {SysRoot.Default.Root}; that of a recorded board, with sys below it, would be right");

    private static int SecondsOf(int seconds) => seconds is >= 0 and <= LongestWatch
        ? seconds
        : throw new ConfigError($"--watch {seconds}", $"0..{LongestWatch} seconds would be right");
}
