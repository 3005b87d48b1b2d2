using System.Globalization;

namespace EdgeConv.Devices.Video;

/// <summary>Time from one frame to the next, s, as a fraction.</summary>
/// <param name="Numerator">At least 1.</param>
/// <param name="Denominator">At least 1.</param>
internal readonly record struct FrameInterval(uint Numerator, uint Denominator)
{
    /// <summary>Frames a second.</summary>
    public double Hertz => (double)Denominator / Numerator;

    /// <summary>The interval of a rate, to a thousandth of a frame a second.</summary>
    public static FrameInterval Of(double hertz) => new(1000, (uint)Math.Max(1, Math.Round(hertz * 1000)));
}

/// <summary>A size in which a camera gives a format.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Intervals">What it can do at this size; empty when it does not tell.</param>
internal sealed record SizeOffer(int Width, int Height, IReadOnlyList<FrameInterval> Intervals)
{
    /// <summary>As a configuration's keys have it: <c>640x480</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");

    /// <summary>The most frames a second; null when it does not tell.</summary>
    public double? MostHertz => Intervals.Count == 0 ? null : Intervals.Max(interval => interval.Hertz);
}

/// <summary>A format that a camera gives, read or not, with its sizes.</summary>
/// <param name="Code">Its FourCC.</param>
/// <param name="Sizes">Its sizes.</param>
internal sealed record FormatOffer(uint Code, IReadOnlyList<SizeOffer> Sizes)
{
    /// <summary>The format, when it is read.</summary>
    public FormatRow? Row => FormatTable.Of(Code);

    /// <summary>What it is called.</summary>
    public string Name => FormatTable.NameOf(Code);

    /// <summary>In a line: <c>yuyv 640x480 30, 1280x720 10</c>; the numbers are frames a second.</summary>
    public string Description
    {
        get
        {
            IEnumerable<string> sizes = Sizes.Select(size => size.MostHertz is { } hertz
                ? string.Create(CultureInfo.InvariantCulture, $"{size.Name} {hertz:0.##}")
                : size.Name);
            return $"{Name} {string.Join(", ", sizes)}".TrimEnd();
        }
    }
}
