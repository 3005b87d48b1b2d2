using EdgeConv.Core;
using EdgeConv.Kernels.Colors;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Snapshots;

/// <summary>
/// Makes a <see cref="Snapshot"/>: the picture with the heat and the box of the odd region over it, and the
/// heat alone. Not thread-safe.
/// </summary>
internal sealed class SnapshotPainter(IPictureEncoder encoder)
{
    /// <summary>Bytes of the picture, so that a broker's packets of 64 KiB hold it.</summary>
    public const int MostBytes = 60_000;

    /// <summary>Longest side of the picture, pixels.</summary>
    public const int LongestSide = 640;

    /// <summary>Smaller pictures are enlarged to it, or heat and box would not be seen.</summary>
    public const int SmallestSide = 224;
    private const int HeatMapSide = 112;
    private const int Line = 2;
    private const float Opacity = 0.65f;
    private static readonly int[] Qualities = [80, 65, 50, 35];
    private static readonly Color BoxColor = new(0, 255, 255);

    /// <summary>Paints an odd frame.</summary>
    /// <returns>Null when the picture does not fit into <see cref="MostBytes"/> even when small.</returns>
    public Snapshot? Paint(OddFrame frame, string pipeline)
    {
        int longest = Math.Max(frame.Picture.Width, frame.Picture.Height);
        for (int side = Math.Clamp(longest, SmallestSide, LongestSide); side >= SmallestSide / 2; side /= 2)
        {
            if (Compress(Draw(frame, side)) is not { } picture)
                continue;
            return new Snapshot
            {
                Timestamp = frame.Timestamp,
                Pipeline = pipeline,
                Picture = picture,
                HeatMap = EncodeHeat(frame),
            };
        }

        return null;
    }

    private byte[]? Compress(Canvas canvas)
    {
        foreach (int quality in Qualities)
        {
            byte[] picture = encoder.EncodeJpeg(canvas.Pixels, canvas.Width, canvas.Height, quality);
            if (picture.Length <= MostBytes)
                return picture;
        }

        return null;
    }

    private static unsafe Canvas Draw(OddFrame frame, int side)
    {
        Frame picture = frame.Picture;
        double scale = (double)side / Math.Max(picture.Width, picture.Height);
        int Scaled(int length) => Math.Max(1, (int)Math.Round(length * scale));
        Canvas canvas = new(Scaled(picture.Width), Scaled(picture.Height));
        FrameForm form = FrameForm.Of(picture);
        ColorRow colors = new(
            ColorMatrix.Of(form.Format, form.Coding, 3, isReversed: false), new float[3], [1, 1, 1], isRounded: false);
        PictureRows rows = new(
            form, PictureArea.Whole(form, canvas.Width, canvas.Height), antialias: true, colors);
        float[] planes = new float[3 * canvas.Width];
        fixed (byte* pixels = picture.Pixels.Span)
        fixed (float* to = planes)
        {
            for (int y = 0; y < canvas.Height; y++)
            {
                rows.Write(pixels, y, to, canvas.Width);
                canvas.SetRow(y, planes);
            }
        }

        new HeatOverlay(frame).Draw(canvas, Opacity);
        if (frame.Region is { } region)
            DrawBox(canvas, region, frame.Mapping);
        return canvas;
    }

    private static void DrawBox(Canvas canvas, OddRegion region, in ImageMapping mapping)
    {
        int left = (int)Math.Round(region.X * canvas.Width / mapping.Width);
        int right = (int)Math.Round((region.X + region.Width) * canvas.Width / mapping.Width);
        int top = (int)Math.Round(region.Y * canvas.Height / mapping.Height);
        int bottom = (int)Math.Round((region.Y + region.Height) * canvas.Height / mapping.Height);
        canvas.Fill(left, top, right, top + Line, BoxColor);
        canvas.Fill(left, bottom - Line, right, bottom, BoxColor);
        canvas.Fill(left, top, left + Line, bottom, BoxColor);
        canvas.Fill(right - Line, top, right, bottom, BoxColor);
    }

    private byte[] EncodeHeat(OddFrame frame)
    {
        int height = frame.Map.Height, width = frame.Map.Width;
        int scale = Math.Max(1, HeatMapSide / Math.Max(height, width));
        Canvas canvas = new(width * scale, height * scale);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float heat = HeatColors.HeatOf(frame.Distances[(y * width) + x], frame.Threshold);
                canvas.Fill(x * scale, y * scale, (x + 1) * scale, (y + 1) * scale, HeatColors.Of(heat));
            }
        }

        return encoder.EncodePng(canvas.Pixels, canvas.Width, canvas.Height);
    }
}
