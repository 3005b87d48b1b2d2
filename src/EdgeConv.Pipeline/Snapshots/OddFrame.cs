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
        int size = PixelFormats.BytesPerPixel(frame.Format), row = width * size;
        if (_pixels.Length < row * height)
            (_pixels, _copy) = (new byte[row * height], null);
        if (_copy is null || (_copy.Width, _copy.Height, _copy.Format) != (width, height, frame.Format))
            _copy = Describe(width, height, frame.Format);
        ReadOnlySpan<byte> source = frame.Pixels.Span;
        for (int y = 0; y < height; y++)
        {
            int from = (int)((long)y * frame.Height / height) * frame.Stride;
            Span<byte> to = _pixels.AsSpan(y * row, row);
            if (width == frame.Width)
                source.Slice(from, row).CopyTo(to);
            else
                Thin(source[from..], to, (int)(((long)frame.Width << FractionBits) / width), size);
        }
    }

    private static void Thin(ReadOnlySpan<byte> source, Span<byte> to, int step, int size)
    {
        long at = 0;
        for (int i = 0; i + size <= to.Length; i += size, at += step)
            source.Slice((int)(at >> FractionBits) * size, size).CopyTo(to[i..]);
    }

    // Only the painter looks at it; its times are of no use.
    private Frame Describe(int width, int height, PixelFormat format) => new()
    {
        Timestamp = default,
        CapturedAt = 0,
        Sequence = 0,
        Origin = "",
        Width = width,
        Height = height,
        Stride = width * PixelFormats.BytesPerPixel(format),
        Format = format,
        Pixels = _pixels,
    };

    private static int Scaled(int side, int longest) => longest <= LongestSide
        ? side
        : Math.Max(1, (int)((long)side * LongestSide / longest));
}
