using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>
/// Asks a camera for its formats, sizes and rates: VIDIOC_ENUM_FMT, VIDIOC_ENUM_FRAMESIZES,
/// VIDIOC_ENUM_FRAMEINTERVALS.
/// </summary>
internal static class OfferReader
{
    // A driver that never ends its list must not hold up the daemon.
    private const int MostEntries = 128;

    // Sizes of cameras, for drivers that scale to anything within a range.
    private static readonly (int Width, int Height)[] UsualSizes =
    [
        (160, 120), (320, 180), (320, 240), (424, 240), (640, 360), (640, 480), (800, 600), (960, 540),
        (1024, 768), (1280, 720), (1280, 960), (1600, 1200), (1920, 1080), (2592, 1944), (3840, 2160),
    ];

    /// <summary>
    /// All formats that it offers, with the sizes of those that are read; empty when it tells nothing.
    /// </summary>
    public static IReadOnlyList<FormatOffer> Read(IVideoNode node)
    {
        List<FormatOffer> offers = [];
        for (uint i = 0; i < MostEntries; i++)
        {
            V4l2FormatDescription format = new() { Index = i, Type = VideoConstants.Capture };
            if (node.Request(VideoRequest.EnumerateFormats, ref format) < 0)
                break;
            if (!offers.Exists(offer => offer.Code == format.PixelFormat))
                offers.Add(OfferOf(node, format.PixelFormat));
        }

        return offers;
    }

    private static FormatOffer OfferOf(IVideoNode node, uint code) =>
        new(code, FormatTable.Of(code) is null ? [] : SizesOf(node, code));

    private static List<SizeOffer> SizesOf(IVideoNode node, uint code)
    {
        List<SizeOffer> sizes = [];
        for (uint i = 0; i < MostEntries; i++)
        {
            V4l2FrameSize size = new() { Index = i, PixelFormat = code };
            if (node.Request(VideoRequest.EnumerateSizes, ref size) < 0)
                break;
            if (size.Type != VideoConstants.Discrete)
            {
                sizes.AddRange(SizesWithin(size.Range).Select(usual => SizeOf(node, code, usual)));
                break;
            }

            sizes.Add(SizeOf(node, code, ((int)size.Range.Width, (int)size.Range.Height)));
        }

        return sizes.Count != 0 ? sizes : PresentSize(node, code);
    }

    // A driver that does not tell its sizes has at least the one it is set to.
    private static List<SizeOffer> PresentSize(IVideoNode node, uint code)
    {
        V4l2Format format = new() { Type = VideoConstants.Capture };
        int problem = node.Request(VideoRequest.GetFormat, ref format);
        return problem == 0 && format.Pixels is { Width: > 0, Height: > 0 }
            ? [SizeOf(node, code, ((int)format.Pixels.Width, (int)format.Pixels.Height))]
            : [];
    }

    private static SizeOffer SizeOf(IVideoNode node, uint code, (int Width, int Height) size) =>
        new(size.Width, size.Height, IntervalsOf(node, code, size));

    private static IEnumerable<(int Width, int Height)> SizesWithin(SizeRange range)
    {
        foreach ((int width, int height) in UsualSizes)
        {
            if (IsWithin(width, range.LeastWidth, range.MostWidth, range.StepWidth)
                && IsWithin(height, range.LeastHeight, range.MostHeight, range.StepHeight))
                yield return (width, height);
        }

        if (!UsualSizes.Contains(((int)range.MostWidth, (int)range.MostHeight)))
            yield return ((int)range.MostWidth, (int)range.MostHeight);
    }

    private static bool IsWithin(int value, uint least, uint most, uint step) =>
        value >= least && value <= most && (step <= 1 || (value - least) % step == 0);

    private static List<FrameInterval> IntervalsOf(IVideoNode node, uint code, (int Width, int Height) size)
    {
        List<FrameInterval> intervals = [];
        for (uint i = 0; i < MostEntries; i++)
        {
            V4l2FrameInterval interval = new()
            {
                Index = i,
                PixelFormat = code,
                Width = (uint)size.Width,
                Height = (uint)size.Height,
            };
            if (node.Request(VideoRequest.EnumerateIntervals, ref interval) < 0)
                break;
            Add(intervals, interval.Shortest);
            if (interval.Type == VideoConstants.Discrete)
                continue;
            AddUsualRates(intervals, interval);
            Add(intervals, interval.Longest);
            break;
        }

        return intervals;
    }

    private static void Add(List<FrameInterval> intervals, V4l2Fraction interval)
    {
        if (interval is { Numerator: > 0, Denominator: > 0 })
            intervals.Add(new FrameInterval(interval.Numerator, interval.Denominator));
    }

    private static void AddUsualRates(List<FrameInterval> intervals, in V4l2FrameInterval range)
    {
        if (range.Shortest.Numerator == 0 || range.Longest.Numerator == 0)
            return;
        double most = (double)range.Shortest.Denominator / range.Shortest.Numerator;
        double least = (double)range.Longest.Denominator / range.Longest.Numerator;
        foreach (uint hertz in (ReadOnlySpan<uint>)[60, 30, 25, 20, 15, 10, 5, 2, 1])
        {
            if (hertz < most && hertz > least)
                intervals.Add(new FrameInterval(1, hertz));
        }
    }
}
