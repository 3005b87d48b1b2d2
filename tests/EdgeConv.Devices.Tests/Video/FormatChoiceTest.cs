using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;

namespace EdgeConv.Devices.Tests.Video;

public sealed class FormatChoiceTest
{
    // Of a common camera on USB.
    private const string Webcam = "yuyv 640x480@30,15 320x240@30 1280x720@10 1920x1080@5; " +
        "mjpg 640x480@30 1280x720@30 1920x1080@30";

    [Theory]
    // The least that covers the model, uncompressed where that is fast enough.
    [InlineData(Webcam, "224x224", 0, "yuyv 320x240 at 30/s")]
    [InlineData(Webcam, "320x240", 0, "yuyv 320x240 at 30/s")]
    [InlineData(Webcam, "321x240", 0, "yuyv 640x480 at 30/s")]
    [InlineData(Webcam, "640x640", 0, "mjpg 1280x720 at 30/s")]
    [InlineData(Webcam, "640x640", 10, "yuyv 1280x720 at 10/s")]
    [InlineData(Webcam, "640x640", 5, "yuyv 1280x720 at 10/s")]
    [InlineData(Webcam, "1024x1024", 5, "yuyv 1920x1080 at 5/s")]
    [InlineData(Webcam, "1024x1024", 25, "mjpg 1920x1080 at 30/s")]
    // Nothing covers it: the largest.
    [InlineData(Webcam, "4000x3000", 0, "mjpg 1920x1080 at 30/s")]
    // The slowest rate that is fast enough.
    [InlineData(Webcam, "400x400", 12, "yuyv 640x480 at 15/s")]
    [InlineData(Webcam, "400x400", 15, "yuyv 640x480 at 15/s")]
    [InlineData(Webcam, "400x400", 16, "yuyv 640x480 at 30/s")]
    [InlineData(Webcam, "400x400", 1, "yuyv 640x480 at 15/s")]
    // Faster than anything: the fastest.
    [InlineData(Webcam, "400x400", 90, "yuyv 640x480 at 30/s")]
    [InlineData("yuyv 640x480@60,30,15", "224x224", 0, "yuyv 640x480 at 30/s")]
    [InlineData("yuyv 640x480@60", "224x224", 0, "yuyv 640x480 at 60/s")]
    [InlineData("yuyv 640x480@29.97,15", "224x224", 30, "yuyv 640x480 at 30/s")]
    // Of two formats the one that moves fewer bytes.
    [InlineData("rgb24 640x480@30; yuyv 640x480@30; nv12 640x480@30", "224x224", 0, "nv12 640x480 at 30/s")]
    [InlineData("rgb24 640x480@30; uyvy 640x480@30", "224x224", 0, "uyvy 640x480 at 30/s")]
    [InlineData("rgb24 320x240@30; yuyv 640x480@30", "224x224", 0, "rgb24 320x240 at 30/s")]
    // A large JPEG picture never beats a small plain one.
    [InlineData("mjpg 320x240@30; yuyv 640x480@30", "224x224", 0, "yuyv 640x480 at 30/s")]
    [InlineData("mjpg 320x240@30; yuyv 1920x1080@30", "224x224", 0, "mjpg 320x240 at 30/s")]
    // Colour before all else, for a model that sees it.
    [InlineData("grey 640x480@30; mjpg 320x240@10", "224x224", 30, "mjpg 320x240 at 10/s")]
    [InlineData("grey 640x480@30", "224x224", 0, "grey 640x480 at 30/s")]
    [InlineData("grey 640x480@30; yuyv 640x480@30; nv12 640x480@30", "224x224 gray", 0, "grey 640x480 at 30/s")]
    [InlineData("yuyv 640x480@30; nv12 640x480@30", "224x224 gray", 0, "nv12 640x480 at 30/s")]
    [InlineData("rgb24 640x480@30; yuyv 640x480@30", "96x96 gray", 0, "yuyv 640x480 at 30/s")]
    // A padded model needs only as much as the longer side.
    [InlineData(Webcam, "320x320", 0, "yuyv 640x480 at 30/s")]
    [InlineData(Webcam, "320x320 padded", 0, "yuyv 320x240 at 30/s")]
    // What is not told is taken to be good enough.
    [InlineData("yuyv 640x480", "224x224", 30, "yuyv 640x480")]
    // What is not read is passed over.
    [InlineData("H264 640x480@30; BA81 320x240@30; yuyv 640x480@5", "224x224", 30, "yuyv 640x480 at 5/s")]
    public void What_costs_least_and_covers_the_model_is_chosen(
        string offers, string model, double hertz, string expected) =>
        Assert.Equal(expected, FormatChoice.Best("cam", Offers.Of(offers), Wish(model, hertz)).Name);

    [Theory]
    [InlineData(CameraFormat.Mjpg, 0, 0, "mjpg 640x480 at 30/s")]
    [InlineData(CameraFormat.Auto, 1280, 720, "mjpg 1280x720 at 30/s")]
    [InlineData(CameraFormat.Yuyv, 1280, 720, "yuyv 1280x720 at 10/s")]
    [InlineData(CameraFormat.Yuyv, 1920, 0, "yuyv 1920x1080 at 5/s")]
    [InlineData(CameraFormat.Auto, 0, 240, "yuyv 320x240 at 30/s")]
    public void What_is_configured_is_taken(CameraFormat format, int width, int height, string expected) =>
        Assert.Equal(expected, FormatChoice.Best("cam", Offers.Of(Webcam),
            Wish("224x224", 0) with { Format = format, Width = width, Height = height }).Name);

    [Theory]
    [InlineData(Webcam, CameraFormat.Nv12, 0, 0, true,
        "cam: does not give nv12; it gives yuyv, mjpg: set 'format' to one of these, or to auto")]
    [InlineData(Webcam, CameraFormat.Auto, 800, 600, true,
        "cam: does not give 800x600 in yuyv, mjpg; it gives 640x480, 320x240, 1280x720, 1920x1080: " +
        "set 'width' and 'height' to one of these, or leave them out")]
    [InlineData(Webcam, CameraFormat.Mjpg, 320, 0, true,
        "cam: does not give 320xany in mjpg; it gives 640x480, 1280x720, 1920x1080: " +
        "set 'width' and 'height' to one of these, or leave them out")]
    [InlineData(Webcam, CameraFormat.Mjpg, 0, 0, false,
        "cam: gives mjpg, which needs libturbojpeg.so.0; sudo apt-get install libturbojpeg0")]
    [InlineData("mjpg 640x480@30; H264 640x480@30", CameraFormat.Auto, 0, 0, false,
        "cam: gives mjpg, which needs libturbojpeg.so.0; sudo apt-get install libturbojpeg0")]
    [InlineData("pBAA 640x480; BA81 640x480", CameraFormat.Auto, 0, 0, true,
        "cam: gives pBAA, BA81, of which nothing is read; grey, nv12, yuyv, uyvy, rgb24, mjpg are. A camera that only " +
        "libcamera drives is read through rpicam-vid, see Cameras in README.md")]
    [InlineData("", CameraFormat.Auto, 0, 0, true, "cam: tells no format that it gives")]
    [InlineData("yuyv", CameraFormat.Auto, 0, 0, true, "cam: tells no size that it gives")]
    public void What_cannot_be_had_is_named_with_what_there_is(
        string offers, CameraFormat format, int width, int height, bool canDecode, string message)
    {
        CameraWish wish = Wish("224x224", 0) with
        {
            Format = format, Width = width, Height = height, CanDecode = canDecode,
        };
        Assert.Equal(message,
            Assert.Throws<DeviceError>(() => FormatChoice.Best("cam", Offers.Of(offers), wish)).Message);
    }

    [Fact]
    public void Without_a_decoder_plain_frames_are_taken_however_slow() => Assert.Equal("yuyv 1280x720 at 10/s",
        FormatChoice.Best("cam", Offers.Of(Webcam), Wish("640x640", 0) with { CanDecode = false }).Name);

    [Fact]
    public void The_order_of_the_offers_changes_nothing()
    {
        string[] formats = ["yuyv 640x480@30 320x240@15", "mjpg 1280x720@30", "nv12 640x480@30", "grey 640x480@60"];
        HashSet<string> chosen = [];
        for (int turn = 0; turn < formats.Length; turn++)
        {
            IEnumerable<string> turned = formats.Skip(turn).Concat(formats.Take(turn));
            chosen.Add(FormatChoice.Best("cam", Offers.Of(string.Join(';', turned)), Wish("224x224", 20)).Name);
        }

        Assert.Equal("nv12 640x480 at 30/s", Assert.Single(chosen));
    }

    [Theory]
    [InlineData(1280, 720, "224x224", 2)]
    [InlineData(1920, 1080, "224x224", 4)]
    [InlineData(1920, 1080, "135x135", 8)]
    [InlineData(1920, 1080, "136x136", 4)]
    [InlineData(640, 480, "224x224", 2)]
    [InlineData(640, 480, "241x224", 2)]
    [InlineData(640, 480, "224x241", 1)]
    [InlineData(320, 240, "640x640", 1)]
    [InlineData(641, 481, "321x241", 2)]
    [InlineData(1280, 720, "320x320 padded", 4)]
    [InlineData(1280, 720, "0x0", 1)]
    public void Jpeg_is_decoded_as_small_as_the_model_allows(int width, int height, string model, int divisor) =>
        Assert.Equal(divisor, JpegScale.DivisorOf(width, height, Wish(model, 0).Model));

    private static CameraWish Wish(string model, double hertz)
    {
        int[] extents = [.. model.Split(' ')[0].Split('x').Select(int.Parse)];
        SampleWish wish = new()
        {
            Width = extents[0],
            Height = extents[1],
            IsGray = model.EndsWith(" gray", StringComparison.Ordinal),
            IsPadded = model.EndsWith(" padded", StringComparison.Ordinal),
        };
        return new CameraWish(wish, CameraFormat.Auto, 0, 0, hertz, CanDecode: true);
    }
}
