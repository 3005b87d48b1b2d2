using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Inventory;

/// <summary>
/// Video devices: what cameras give, and what the others are. A recorded board's are listed without being asked.
/// </summary>
internal static class CameraList
{
    public static IEnumerable<DeviceEntry> Read(SysRoot root, IVideoOpener opener) =>
        new CameraFinder(root, opener).Devices().Select(device => Entry(root, opener, device));

    private static DeviceEntry Entry(SysRoot root, IVideoOpener opener, VideoDevice device)
    {
        SysFile node = root.File("", device.Path[1..]);
        DeviceEntry entry = new DeviceEntry("video", device.Name, device.Path).Through(node, "video");
        if (root.IsRedirected || entry.Problem is not null)
            return entry;
        using IVideoNode? open = opener.Open(device.Path, out int problem);
        if (open is null)
            return entry with { Problem = CameraTrouble.Of(device.Path, "open it", problem, null).Problem };
        problem = NodeKind.Of(open, out VideoCapabilities capabilities, out string driver);
        if (problem != 0)
            return entry with { Problem = CameraTrouble.Of(device.Path, "ask what it is", problem, null).Problem };
        return entry with
        {
            Detail = NodeKind.WhyNoCamera(capabilities) is { } other
                ? $"{driver}, {other}"
                : string.Join("; ", Facts(device, driver, OfferReader.Read(open))),
        };
    }

    private static IEnumerable<string> Facts(VideoDevice device, string driver, IReadOnlyList<FormatOffer> offers)
    {
        yield return driver;
        if (device.StablePath is { } path)
            yield return path;
        foreach (FormatOffer offer in offers)
            yield return offer.Row is null ? $"{offer.Name} (not read)" : offer.Description;
    }
}
