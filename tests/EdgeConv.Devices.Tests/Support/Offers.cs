using System.Globalization;
using EdgeConv.Devices.Video;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>What a camera offers, in a line: <c>yuyv 640x480@30,15 320x240@60; mjpg 1280x720@30; H264 64x64</c>.</summary>
internal static class Offers
{
    public static IReadOnlyList<FormatOffer> Of(string text) => [.. text
        .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(Format)];

    private static FormatOffer Format(string text)
    {
        string[] words = text.Split(' ');
        uint code = FormatTable.Rows.FirstOrDefault(row => row.Word == words[0])?.Code ?? FormatTable.CodeOf(words[0]);
        return new FormatOffer(code, [.. words.Skip(1).Select(Size)]);
    }

    private static SizeOffer Size(string text)
    {
        string[] parts = text.Split('@');
        int[] extents = [.. parts[0].Split('x').Select(Number)];
        return new SizeOffer(extents[0], extents[1], parts.Length == 1
            ? []
            : [.. parts[1].Split(',').Select(hertz => new FrameInterval(10, (uint)Math.Round(10 * double.Parse(
                hertz, CultureInfo.InvariantCulture))))]);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
