using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Snapshots;

/// <summary>
/// A copy of an odd frame, of at most <see cref="LongestSide"/> pixels, and of where it is odd. Keeps its
/// memory, which grows only with the largest frame. Not thread-safe.
/// </summary>
internal sealed class OddFrame
{
    /// <summary>Columns or rows of the copy; of a larger frame the nearest pixels are taken.</summary>
    public const int LongestSide = 1280;
    private const int FractionBits = 16;
    private byte[] _pixels = [];
    private float[] _distances = [];
    private Frame? _copy;

    /// <summary>The pixels.</summary>
    public Frame Picture => _copy!;

    /// <summary>Squared distance at each position of the map, <c>[H W]</c>.</summary>
    public ReadOnlySpan<float> Distances => _distances;

    /// <summary>Extents of the map.</summary>
    public MapChoice Map { get; private set; } = new("", 1, 1, 1, MapMode.Diagonal);

    /// <summary>The distance above which a position is odd.</summary>
    public float Threshold { get; private set; }

    /// <summary>From the model's input to the frame that was copied.</summary>
    public ImageMapping Mapping { get; private set; }

    /// <summary>The odd region in pixels of the frame that was copied; null when there is none.</summary>
    public OddRegion? Region { get; private set; }

    /// <summary>When the frame was captured, UTC.</summary>
    public DateTimeOffset Timestamp { get; private set; }

    /// <summary>Copies a frame and what the map has said of it.</summary>
    public void Take(Frame frame, MapGate map, in ImageMapping mapping, OddRegion? region)
    {
        CopyPixels(frame);
        if (_distances.Length != map.Distances.Length)
            _distances = new float[map.Distances.Length];
        map.Distances.CopyTo(_distances);
        Map = map.Map.Choice;
        Threshold = map.Threshold;
        Mapping = mapping;
        Region = region;
        Timestamp = frame.Timestamp;
    }

    private void CopyPixels(Frame frame)
    {
        int longest = Math.Max(frame.Width, frame.Height);
        int width = Scaled(frame.Width, longest), height = Scaled(frame.Height, longest);
        int stride = PixelFormats.RowBytes(frame.Format, width);
        int bytes = (int)PixelFormats.FrameBytes(frame.Format, stride, height);
        if (_pixels.Length < bytes)
            (_pixels, _copy) = (new byte[bytes], null);
        if (_copy is null || !IsLike(_copy, frame, width, height))
            _copy = Describe(frame, width, height, stride);
        ReadOnlySpan<byte> source = frame.Pixels.Span;
        Span<byte> target = _pixels;
        foreach (PixelPlane plane in PixelFormats.PlanesOf(frame.Format))
        {
            CopyPlane(plane, frame, source, target);
            source = source[Math.Min(source.Length, plane.Stride(frame.Stride) * plane.Rows(frame.Height))..];
            target = target[(plane.Stride(stride) * plane.Rows(height))..];
        }
    }

    private void CopyPlane(PixelPlane plane, Frame frame, ReadOnlySpan<byte> source, Span<byte> target)
    {
        int row = plane.RowBytes(_copy!.Width), rows = plane.Rows(_copy.Height);
        int units = plane.Units(_copy.Width), sourceUnits = plane.Units(frame.Width);
        for (int y = 0; y < rows; y++)
        {
            int from = (int)((long)y * plane.Rows(frame.Height) / rows) * plane.Stride(frame.Stride);
            Span<byte> to = target.Slice(y * plane.Stride(_copy.Stride), row);
            if (units == sourceUnits)
                source.Slice(from, row).CopyTo(to);
            else
                Thin(source[from..], to, (int)(((long)sourceUnits << FractionBits) / units), plane.UnitBytes);
        }
    }

    private static void Thin(ReadOnlySpan<byte> source, Span<byte> to, int step, int size)
    {
        long at = 0;
        for (int i = 0; i + size <= to.Length; i += size, at += step)
            source.Slice((int)(at >> FractionBits) * size, size).CopyTo(to[i..]);
    }

    // Only the painter looks at it; its times are of no use.
    private Frame Describe(Frame frame, int width, int height, int stride) => new()
    {
        Timestamp = default,
        CapturedAt = 0,
        Sequence = 0,
        Origin = "",
        Width = width,
        Height = height,
        Stride = stride,
        Format = frame.Format,
        Coding = frame.Coding,
        Pixels = _pixels,
    };

    private static bool IsLike(Frame copy, Frame frame, int width, int height) =>
        (copy.Width, copy.Height, copy.Format, copy.Coding) == (width, height, frame.Format, frame.Coding);

    private static int Scaled(int side, int longest) => longest <= LongestSide
        ? side
        : Math.Max(1, (int)((long)side * LongestSide / longest));
}
