using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Devices.Video;

/// <summary>What is wanted of a camera.</summary>
/// <param name="Model">What the model wants.</param>
/// <param name="Format">The format that is configured.</param>
/// <param name="Width">The width that is configured; 0 for none.</param>
/// <param name="Height">The height that is configured; 0 for none.</param>
/// <param name="RateHertz">Frames a second that are configured; 0 for none.</param>
/// <param name="CanDecode">Whether JPEG can be decoded.</param>
internal sealed record CameraWish(
    SampleWish Model, CameraFormat Format, int Width, int Height, double RateHertz, bool CanDecode);

/// <summary>A format, size and rate that a camera offers and that was chosen.</summary>
/// <param name="Row">The format.</param>
/// <param name="Size">The size.</param>
/// <param name="Interval">Time between frames; null when the camera does not tell.</param>
internal sealed record CameraMode(FormatRow Row, SizeOffer Size, FrameInterval? Interval)
{
    /// <summary>In words: <c>yuyv 640x480 at 30/s</c>.</summary>
    public string Name => Interval is { } interval
        ? string.Create(CultureInfo.InvariantCulture, $"{Row.Word} {Size.Name} at {interval.Hertz:0.##}/s")
        : $"{Row.Word} {Size.Name}";
}

/// <summary>
/// Chooses what a camera is to send. In this order: colour for a model that sees it, no enlarging, the rate,
/// the least cost of turning it into the model's input.
/// </summary>
internal static class FormatChoice
{
    // Without a configured rate: what is no stutter, and what is more than is of use.
    private const double LeastHertz = 15;
    private const double MostHertz = 30;

    // 30000/1001 frames a second are 30.
    private const double RateTolerance = 0.99;

    /// <summary>The best of what is offered.</summary>
    /// <param name="place">The camera, for messages.</param>
    /// <param name="offers">What the camera offers.</param>
    /// <param name="wish">What is wanted.</param>
    /// <exception cref="DeviceError">Nothing fits; names what there is.</exception>
    public static CameraMode Best(string place, IReadOnlyList<FormatOffer> offers, CameraWish wish)
    {
        List<FormatOffer> read = [.. offers.Where(offer => IsAllowed(offer.Row, wish))];
        if (read.Count == 0)
            throw new DeviceError(place, ChoiceProblem.OfFormats(offers, wish));
        List<CameraMode> modes = [.. read.SelectMany(offer => ModesOf(offer, wish))];
        return modes.Count != 0
            ? modes.OrderBy(mode => RankOf(mode, wish)).First()
            : throw new DeviceError(place, ChoiceProblem.OfSizes(read, wish));
    }

    /// <summary>
    /// What a frame costs until it is the model's input, as <see cref="FormatTable"/> counts.
    /// </summary>
    public static double CostOf(CameraMode mode, SampleWish model)
    {
        double cost = model.IsGray ? mode.Row.GrayCost : mode.Row.ColorCost;
        double pixels = (double)mode.Size.Width * mode.Size.Height;
        if (!mode.Row.IsCompressed)
            return cost * pixels;
        // Two thirds of decoding is reading the code, which smaller pictures do not spare.
        int divisor = JpegScale.DivisorOf(mode.Size.Width, mode.Size.Height, model);
        return cost * pixels * (2 + 1.0 / (divisor * divisor)) / 3;
    }

    private static bool IsAllowed(FormatRow? row, CameraWish wish) => row is not null
        && (wish.Format == CameraFormat.Auto || row.Format == wish.Format)
        && (!row.IsCompressed || wish.CanDecode);

    private static IEnumerable<CameraMode> ModesOf(FormatOffer offer, CameraWish wish) => offer.Sizes
        .Where(size => wish.Width == 0 || size.Width == wish.Width)
        .Where(size => wish.Height == 0 || size.Height == wish.Height)
        .Select(size => new CameraMode(offer.Row!, size, IntervalOf(size, wish)));

    // The slowest that is fast enough: what nobody looks at need not be sent.
    private static FrameInterval? IntervalOf(SizeOffer size, CameraWish wish)
    {
        if (size.Intervals.Count == 0)
            return null;
        double target = wish.RateHertz > 0 ? wish.RateHertz : MostHertz;
        FrameInterval[] enough =
            [.. size.Intervals.Where(interval => interval.Hertz >= target * RateTolerance)];
        return enough.Length != 0
            ? enough.MinBy(interval => interval.Hertz)
            : size.Intervals.MaxBy(interval => interval.Hertz);
    }

    private static Rank RankOf(CameraMode mode, CameraWish wish)
    {
        double wanted = wish.RateHertz > 0 ? wish.RateHertz : LeastHertz;
        double missing = mode.Interval is { } interval && interval.Hertz < wanted * RateTolerance
            ? wanted - interval.Hertz
            : 0;
        bool isCovering = wish.Model.IsCoveredBy(mode.Size.Width, mode.Size.Height);
        double lacking = isCovering ? 0 : -(double)mode.Size.Width * mode.Size.Height;
        return new Rank(
            !wish.Model.IsGray && !mode.Row.HasColor, !isCovering, lacking, missing, CostOf(mode, wish.Model));
    }

    private readonly record struct Rank(
        bool LacksColor, bool IsEnlarged, double Lacking, double MissingHertz, double Cost) : IComparable<Rank>
    {
        public int CompareTo(Rank other) =>
            (LacksColor, IsEnlarged, Lacking, MissingHertz, Cost).CompareTo(
                (other.LacksColor, other.IsEnlarged, other.Lacking, other.MissingHertz, other.Cost));
    }
}
