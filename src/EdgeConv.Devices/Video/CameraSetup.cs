using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>How the frames of an opened camera are, as the driver has set itself.</summary>
/// <param name="Row">The format.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Stride">Bytes from one row to the next; 0 for JPEG.</param>
/// <param name="Coding">How luma and chroma code colours.</param>
internal sealed record FrameShape(FormatRow Row, int Width, int Height, int Stride, ColorCoding Coding)
{
    /// <summary>Bytes that a whole frame has at least; 1 for JPEG.</summary>
    public long LeastBytes { get; } =
        Row.IsCompressed ? 1 : PixelFormats.UsedBytes(Row.Pixels, Width, Height, Stride);
}

/// <summary>Chooses what an opened camera sends, and sets it.</summary>
/// <param name="place">The camera, for messages.</param>
/// <param name="node">The open camera.</param>
/// <param name="camera">How it is configured.</param>
internal sealed class CameraSetup(string place, IVideoNode node, CameraOptions camera)
{
    /// <summary>What was set, for messages.</summary>
    public string Mode { get; private set; } = "";

    /// <summary>Sets format, rate and controls; a negated errno when the driver refuses the format.</summary>
    /// <exception cref="DeviceError">Nothing that the camera offers fits.</exception>
    public int Apply(CameraWish wish, out FrameShape? shape)
    {
        shape = null;
        CameraMode mode = FormatChoice.Best(place, OfferReader.Read(node), wish);
        Mode = mode.Name;
        V4l2Format format = new() { Type = VideoConstants.Capture };
        format.Pixels.Width = (uint)mode.Size.Width;
        format.Pixels.Height = (uint)mode.Size.Height;
        format.Pixels.PixelFormat = mode.Row.Code;
        // V4L2_FIELD_ANY; what is interlaced comes with both fields in one frame.
        int problem = node.Request(VideoRequest.SetFormat, ref format);
        if (problem != 0)
            return problem;
        shape = ShapeOf(format.Pixels, wish);
        SetInterval(mode.Interval);
        CameraControls.Apply(place, node, camera);
        return 0;
    }

    // A driver may set another size and format than it was asked for, and say nothing.
    private FrameShape ShapeOf(in V4l2PixelFormat set, CameraWish wish)
    {
        FormatRow? row = FormatTable.Of(set.PixelFormat);
        if (row is null || !IsAcceptable(row, set, wish))
        {
            string found = FormatTable.NameOf(set.PixelFormat);
            throw new DeviceError(place, string.Create(CultureInfo.InvariantCulture,
                $"was asked for {Mode} and set itself to {found} {set.Width}x{set.Height}; ")
                + "another 'format', 'width' or 'height' may do");
        }

        int width = (int)set.Width, height = (int)set.Height;
        // 0, or less than a row, is said by drivers that do not pad.
        int stride = row.IsCompressed
            ? 0
            : Math.Max(PixelFormats.RowBytes(row.Pixels, width), (int)set.BytesPerLine);
        return new FrameShape(row, width, height, stride, camera.Coding ?? CodingOf(set));
    }

    private static bool IsAcceptable(FormatRow row, in V4l2PixelFormat set, CameraWish wish) =>
        set.Width > 0 && set.Height > 0
        && (wish.Width == 0 || set.Width == wish.Width)
        && (wish.Height == 0 || set.Height == wish.Height)
        && (wish.Format == CameraFormat.Auto || row.Format == wish.Format)
        && (wish.CanDecode || !row.IsCompressed);

    // A camera that does not take a rate goes at its own.
    private void SetInterval(FrameInterval? interval)
    {
        if (interval is not { } wanted)
            return;
        V4l2StreamParameters parameters = new()
        {
            Type = VideoConstants.Capture,
            TimePerFrame = new V4l2Fraction
            {
                Numerator = wanted.Numerator,
                Denominator = wanted.Denominator,
            },
        };
        _ = node.Request(VideoRequest.SetParameters, ref parameters);
    }

    // V4L2_MAP_YCBCR_ENC_DEFAULT and V4L2_MAP_QUANTIZATION_DEFAULT of linux/videodev2.h.
    private static ColorCoding CodingOf(in V4l2PixelFormat set)
    {
        bool is709 = set.YcbcrEncoding is VideoConstants.Encoding709 or VideoConstants.EncodingXv709
            || (set.YcbcrEncoding == 0 && set.ColorSpace is VideoConstants.Rec709 or VideoConstants.DciP3);
        bool isFull = set.Quantization == VideoConstants.FullRange
            || (set.Quantization != VideoConstants.LimitedRange
                && set.ColorSpace == VideoConstants.JpegColors);
        return (is709, isFull) switch
        {
            (false, false) => ColorCoding.Bt601,
            (false, true) => ColorCoding.Bt601Full,
            (true, false) => ColorCoding.Bt709,
            (true, true) => ColorCoding.Bt709Full,
        };
    }
}
