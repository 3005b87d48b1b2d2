using EdgeConv.Core;

namespace EdgeConv.Devices.Video;

/// <summary>A format of V4L2 that is read.</summary>
/// <param name="Format">As it is configured.</param>
/// <param name="Word">What it is called in a configuration.</param>
/// <param name="Code">Its FourCC.</param>
/// <param name="Pixels">Layout of its frames; of MJPG as most cameras', decoded for a model that sees colours.</param>
/// <param name="ColorCost">
/// What a pixel costs a model that sees colours, see <see cref="FormatTable"/>.
/// </param>
/// <param name="GrayCost">What a pixel costs a model that sees none.</param>
internal sealed record FormatRow(
    CameraFormat Format, string Word, uint Code, PixelFormat Pixels, double ColorCost, double GrayCost)
{
    /// <summary>Whether frames are JPEG files.</summary>
    public bool IsCompressed => Format == CameraFormat.Mjpg;

    /// <summary>Whether frames hold colours.</summary>
    public bool HasColor => Format != CameraFormat.Grey;
}

/// <summary>
/// All formats of V4L2 that are read. Costs are relative: the bytes that the driver moves for a pixel, and
/// what turning it into the model's input takes on top, a byte of memory being 1. Those of MJPG are what
/// decoding takes before anything else; its pixels come to that.
/// </summary>
internal static class FormatTable
{
    /// <summary>The formats; of two that cost the same the first is taken.</summary>
    public static IReadOnlyList<FormatRow> Rows { get; } =
    [
        new(CameraFormat.Grey, "grey", CodeOf("GREY"), PixelFormat.Gray8, 1, 1),
        new(CameraFormat.Nv12, "nv12", CodeOf("NV12"), PixelFormat.Nv12, 2, 1.5),
        new(CameraFormat.Yuyv, "yuyv", CodeOf("YUYV"), PixelFormat.Yuyv, 2.5, 2),
        new(CameraFormat.Uyvy, "uyvy", CodeOf("UYVY"), PixelFormat.Uyvy, 2.5, 2),
        new(CameraFormat.Rgb24, "rgb24", CodeOf("RGB3"), PixelFormat.Rgb24, 3, 4),
        new(CameraFormat.Mjpg, "mjpg", CodeOf("MJPG"), PixelFormat.Yuv422, 12, 9),
        new(CameraFormat.Mjpg, "mjpg", CodeOf("JPEG"), PixelFormat.Yuv422, 12, 9),
    ];

    /// <summary>The row of a FourCC; null when it is not read.</summary>
    public static FormatRow? Of(uint code) => Rows.FirstOrDefault(row => row.Code == code);

    /// <summary>
    /// Layout of the frames of a configured format; of the commonest where it is to be chosen.
    /// </summary>
    public static PixelFormat LikelyPixels(CameraFormat format) =>
        Rows.First(row => row.Format == (format == CameraFormat.Auto ? CameraFormat.Yuyv : format)).Pixels;

    /// <summary>The FourCC of four letters.</summary>
    public static uint CodeOf(string letters) =>
        letters[0] | ((uint)letters[1] << 8) | ((uint)letters[2] << 16) | ((uint)letters[3] << 24);

    /// <summary>What a FourCC is called: the word of a configuration, or its letters.</summary>
    public static string NameOf(uint code) => Of(code)?.Word ?? string.Create(4, code, static (text, value) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            char letter = (char)((value >> (8 * i)) & 0x7F);
            text[i] = char.IsAsciiLetterOrDigit(letter) ? letter : '?';
        }
    }).TrimEnd('?');
}
