using System.Runtime.InteropServices;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Video;

public sealed class OfferTest
{
    [Fact]
    public void Formats_sizes_and_rates_are_read_as_they_are_offered_but_sizes_only_of_what_is_read()
    {
        const string Text = "yuyv 640x480@30,15 320x240@60; mjpg 1280x720@30; H264 640x480@30";
        using IVideoNode node = new FakeCamera { Formats = Offers.Of(Text) }.TryOpen(out _)!;
        Assert.Equal(["yuyv 640x480 30, 320x240 60", "mjpg 1280x720 30", "H264"],
            OfferReader.Read(node).Select(offer => offer.Description));
    }

    [Fact]
    public void A_driver_that_scales_to_any_size_offers_the_usual_ones_within_its_range_and_the_largest()
    {
        // As bcm2835-v4l2 tells it, but for its largest size.
        using Stepwise node = new(new SizeRange
        {
            LeastWidth = 32, MostWidth = 1000, StepWidth = 2, LeastHeight = 32, MostHeight = 700, StepHeight = 2,
        });
        FormatOffer offer = Assert.Single(OfferReader.Read(node));
        Assert.Equal(
            ["160x120", "320x180", "320x240", "424x240", "640x360", "640x480", "800x600", "960x540", "1000x700"],
            offer.Sizes.Select(size => size.Name));
        Assert.All(offer.Sizes, size => Assert.Equal(
            [90, 60, 30, 25, 20, 15, 10, 5, 2, 1], size.Intervals.Select(interval => interval.Hertz)));
    }

    [Fact]
    public void A_driver_that_tells_no_sizes_has_the_one_it_is_set_to()
    {
        using Stepwise node = new(null);
        Assert.Equal(["yuyv 720x576 90"], OfferReader.Read(node).Select(offer => offer.Description));
    }

    [Fact]
    public void A_list_without_end_is_ended()
    {
        using Stepwise node = new(default(SizeRange)) { IsEndless = true };
        Assert.Single(OfferReader.Read(node));
    }

    /// <summary>One format in sizes and rates between limits.</summary>
    private sealed class Stepwise(SizeRange? range) : IVideoNode
    {
        public bool IsEndless { get; init; }

        public long Nanoseconds => 0;

        public int Request(VideoRequest request, Span<byte> argument)
        {
            switch (request)
            {
                case VideoRequest.EnumerateFormats:
                    ref V4l2FormatDescription format = ref MemoryMarshal.AsRef<V4l2FormatDescription>(argument);
                    format.PixelFormat = FormatTable.CodeOf("YUYV");
                    return format.Index == 0 || IsEndless ? 0 : -22;
                case VideoRequest.EnumerateSizes when range is { } sizes:
                    ref V4l2FrameSize size = ref MemoryMarshal.AsRef<V4l2FrameSize>(argument);
                    size.Type = IsEndless ? VideoConstants.Discrete : 3;
                    size.Range = sizes;
                    return 0;
                case VideoRequest.EnumerateIntervals:
                    ref V4l2FrameInterval interval = ref MemoryMarshal.AsRef<V4l2FrameInterval>(argument);
                    interval.Type = IsEndless ? VideoConstants.Discrete : 2;
                    interval.Shortest = new V4l2Fraction { Numerator = 1, Denominator = 90 };
                    interval.Longest = new V4l2Fraction { Numerator = 1, Denominator = range is null ? 90u : 1u };
                    return range is null && interval.Index > 0 ? -22 : 0;
                case VideoRequest.GetFormat:
                    MemoryMarshal.AsRef<V4l2Format>(argument).Pixels = new V4l2PixelFormat { Width = 720, Height = 576 };
                    return 0;
                default:
                    return -25;
            }
        }

        public int Wait(int milliseconds) => 0;

        public nint Map(uint length, uint offset) => -12;

        public void Unmap(nint address, uint length)
        {
        }

        public void Dispose()
        {
        }
    }
}
