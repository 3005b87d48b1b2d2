using System.Globalization;

namespace EdgeConv.Devices.Video;

/// <summary>Why nothing that a camera offers fits, with what would.</summary>
internal static class ChoiceProblem
{
    private const int MostNamed = 12;

    /// <summary>No format fits.</summary>
    public static string OfFormats(IReadOnlyList<FormatOffer> offers, CameraWish wish)
    {
        if (offers.Count == 0)
            return "tells no format that it gives";
        FormatRow[] read = [.. offers.Select(offer => offer.Row).OfType<FormatRow>()];
        if (!wish.CanDecode && read.Any(row => row.IsCompressed)
            && (wish.Format == CameraFormat.Mjpg || read.All(row => row.IsCompressed)))
            return MjpegDecoder.Missing;
        return read.Length != 0
            ? $"does not give {WordOf(wish.Format)}; it gives {Words(read)}: "
                + "set 'format' to one of these, or to auto"
            : $"gives {Names(offers)}, of which nothing is read; {Words(FormatTable.Rows)} are. A camera that "
                + "only libcamera drives is read through rpicam-vid, see Cameras in README.md";
    }

    /// <summary>No size of these formats fits.</summary>
    public static string OfSizes(IReadOnlyList<FormatOffer> offers, CameraWish wish)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture,
            $"{Or(wish.Width)}x{Or(wish.Height)}");
        string[] sizes = [.. offers.SelectMany(offer => offer.Sizes).Select(size => size.Name).Distinct()];
        return sizes.Length == 0
            ? "tells no size that it gives"
            : $"does not give {wanted} in {Words(offers.Select(offer => offer.Row!))}; it gives {List(sizes)}: "
                + "set 'width' and 'height' to one of these, or leave them out";
    }

    private static string Or(int extent) =>
        extent > 0 ? extent.ToString(CultureInfo.InvariantCulture) : "any";

    private static string WordOf(CameraFormat format) =>
        FormatTable.Rows.First(row => row.Format == format).Word;

    private static string Names(IEnumerable<FormatOffer> offers) =>
        List([.. offers.Select(offer => offer.Name)]);

    private static string Words(IEnumerable<FormatRow> rows) =>
        string.Join(", ", rows.Select(row => row.Word).Distinct());

    private static string List(string[] names) => names.Length <= MostNamed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more";
}
