using EdgeConv.Core;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>Makes a <see cref="Snapshot"/> of a painted picture. Not thread-safe.</summary>
internal sealed class SnapshotMaker(IPictureEncoder encoder, PicturePainter painter)
{
    /// <summary>Bytes of the picture, so that a broker's packets of 64 KiB hold it.</summary>
    public const int MostBytes = 60_000;

    private const int HeatMapSide = 112;
    private static readonly int[] Qualities = [80, 65, 50, 35];
    private readonly Canvas _heat = new();

    /// <summary>Makes a snapshot.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="canvas">The frame as it was painted; it is painted anew where it must be smaller.</param>
    /// <param name="pipeline">Name of the pipeline.</param>
    /// <returns>Null when the picture does not fit into <see cref="MostBytes"/> even when small.</returns>
    public Snapshot? Make(ShownFrame frame, Canvas canvas, string pipeline)
    {
        int side = PicturePainter.SideOf(frame);
        byte[]? picture = Compress(canvas);
        while (picture is null && (side /= 2) >= PicturePainter.SmallestSide / 2)
            picture = Compress(painter.Paint(frame, side));
        return picture is null ? null : new Snapshot
        {
            Timestamp = frame.Timestamp,
            Pipeline = pipeline,
            Sequence = frame.Sequence,
            Picture = picture,
            HeatMap = frame.HasHeat ? EncodeHeat(frame) : default,
        };
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

    private byte[] EncodeHeat(ShownFrame frame)
    {
        int height = frame.Map.Height, width = frame.Map.Width;
        int scale = Math.Max(1, HeatMapSide / Math.Max(height, width));
        _heat.Resize(width * scale, height * scale);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float heat = HeatColors.HeatOf(frame.Distances[(y * width) + x], frame.Threshold);
                _heat.Fill(x * scale, y * scale, (x + 1) * scale, (y + 1) * scale, HeatColors.Of(heat));
            }
        }

        return encoder.EncodePng(_heat.Pixels, _heat.Width, _heat.Height);
    }
}
