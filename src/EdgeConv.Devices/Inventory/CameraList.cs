using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Inventory;

/// <summary>
/// Video devices: what cameras give, and what the others are.
/// </summary>
internal static class CameraList
{
    private const int MostNamed = 6;

    /// <summary>The devices below a root.</summary>
    /// <param name="root">The root.</param>
    /// <param name="opener">
    /// Opens them to ask what they are; null lists them without, as a recorded board's must be.
    /// </param>
    public static IEnumerable<DeviceEntry> Read(SysRoot root, IVideoOpener? opener) =>
        new CameraFinder(root, opener ?? new VideoOpener()).Devices()
            .Select(device => Entry(root, opener, device));

    private static DeviceEntry Entry(SysRoot root, IVideoOpener? opener, VideoDevice device)
    {
        SysFile node = root.File("", device.Path[1..]);
        DeviceEntry entry = new DeviceEntry("video", device.Name, device.Path).Through(node, "video");
        if (opener is null || entry.Problem is not null)
            return entry;
        using IVideoNode? open = opener.Open(node.Path, out int problem);
        if (open is null)
            return Failed(entry, "open it", problem);
        problem = NodeKind.Of(open, out VideoCapabilities capabilities, out string driver);
        if (problem != 0)
            return Failed(entry, "ask what it is", problem);
        return entry with
        {
            Detail = NodeKind.WhyNoCamera(capabilities) is { } other
                ? $"{driver}, {other}"
                : string.Join("; ", Facts(device, driver, OfferReader.Read(open))),
        };
    }

    private static DeviceEntry Failed(DeviceEntry entry, string attempt, int problem) =>
        entry with { Problem = CameraTrouble.Of(entry.Path, attempt, problem, null).Problem };

    private static IEnumerable<string> Facts(
        VideoDevice device, string driver, IReadOnlyList<FormatOffer> offers)
    {
        yield return driver;
        if (device.StablePath is { } path)
            yield return path;
        foreach (FormatOffer offer in offers.Where(offer => offer.Row is not null))
            yield return offer.Description;
        string[] others = [.. offers.Where(offer => offer.Row is null).Select(offer => offer.Name)];
        if (others.Length > MostNamed)
            yield return $"{others.Length} formats that are not read";
        else if (others.Length != 0)
            yield return $"not read: {string.Join(", ", others)}";
    }
}
