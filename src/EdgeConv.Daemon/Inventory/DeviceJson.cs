using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Devices;
using EdgeConv.Devices.Inventory;

namespace EdgeConv.Daemon.Inventory;

/// <summary>What <c>devices --json</c> prints.</summary>
/// <param name="Sysroot">The folder that stands for the machine; null when it is this machine.</param>
/// <param name="Devices">The rows.</param>
internal sealed record DeviceReport(string? Sysroot, IReadOnlyList<DeviceEntry> Devices);

/// <summary>How the devices are written as JSON.</summary>
[JsonSerializable(typeof(DeviceReport))]
internal sealed partial class DeviceJson : JsonSerializerContext
{
    // Units are no ASCII; nothing here is put into a web page.
    private static readonly DeviceJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Of(SysRoot root, IReadOnlyList<DeviceEntry> devices) => JsonSerializer.Serialize(
        new DeviceReport(root.IsRedirected ? root.Root : null, devices), Readable.DeviceReport);
}
