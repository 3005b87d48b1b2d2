using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Video;

public sealed class FinderTest : IDisposable
{
    private readonly FakeCameras _cameras = new();

    public void Dispose() => _cameras.Dispose();

    [Fact]
    public void Of_the_two_nodes_of_a_camera_the_one_with_pictures_is_taken()
    {
        _cameras.Plug("video0", "C920", "usb-C920-video-index1", Other(VideoCapabilities.Metadata));
        FakeCamera camera = _cameras.Plug("video1", "C920", "usb-C920-video-index0");
        Open("C920");
        Open("");
        Assert.Equal(2, camera.Openings);
        Assert.Equal("/dev/v4l/by-id/usb-C920-video-index1: gives metadata of a camera, no pictures; " +
            "there are /dev/v4l/by-id/usb-C920-video-index0 (C920)", Fail("/dev/v4l/by-id/usb-C920-video-index1"));
    }

    [Theory]
    [InlineData(0x04008000u,
        "is no camera but a codec or an image processor (memory to memory)")]
    [InlineData(0x04000002u, "gives no pictures")]
    [InlineData(0x04001000u,
        "gives pictures in several planes (multi-planar), which is not read")]
    [InlineData(0x00000001u, "does not stream, and is not read")]
    public void What_is_no_camera_says_what_it_is(uint capabilities, string problem)
    {
        _cameras.Plug("video10", "codec", null, Other((VideoCapabilities)capabilities));
        Assert.Equal($"/dev/video10: {problem}; there is no camera at all", Fail("/dev/video10"));
        CameraFinder finder = new(_cameras.Root, _cameras);
        Assert.Null(finder.Open(""));
        Assert.Equal("camera: no such camera is there; there is no camera at all; used when it comes", finder.Missing("").Message);
    }

    [Fact]
    public void An_old_driver_that_tells_no_capabilities_of_its_node_is_believed_for_the_whole()
    {
        _cameras.Plug("video0", "old", null, new FakeCamera
        {
            Capabilities = VideoCapabilities.Capture | VideoCapabilities.Streaming,
            NodeCapabilities = VideoCapabilities.None,
        });
        Open("/dev/video0");
    }

    [Fact]
    public void A_name_that_several_have_must_be_a_path()
    {
        FakeCamera first = _cameras.Plug("video0", "Twin", "usb-Twin_1-video-index0");
        FakeCamera second = _cameras.Plug("video2", "Twin");
        const string Both = "'device' must name one camera; /dev/v4l/by-id/usb-Twin_1-video-index0 (Twin), " +
            "/dev/video2 (Twin) are there";
        Assert.Equal($"twin: {Both}", Fail("twin"));
        Assert.Equal($"camera: {Both}", Fail(""));
        Assert.Equal((0, 0), (first.Open, second.Open));
        Open("video2");
        Open("/dev/video2");
        Open("/dev/v4l/by-id/usb-Twin_1-video-index0");
        Assert.Equal((3, 4), (first.Openings, second.Openings));
    }

    [Fact]
    public void A_plain_file_is_no_video_device()
    {
        string path = Path.Combine(_cameras.Root.Root, "dev", "video9");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        CameraFinder finder = new(_cameras.Root, new VideoOpener());
        Assert.Equal("/dev/video9: is no video device",
            Assert.Throws<DeviceError>(() => finder.Open("/dev/video9")).Message);
    }

    private static FakeCamera Other(VideoCapabilities capabilities) => new() { NodeCapabilities = capabilities };

    private void Open(string device)
    {
        OpenCamera? camera = new CameraFinder(_cameras.Root, _cameras).Open(device);
        Assert.NotNull(camera);
        camera.Node.Dispose();
    }

    private string Fail(string device) => Assert.Throws<DeviceError>(() =>
        new CameraFinder(_cameras.Root, _cameras).Open(device)).Message;
}
