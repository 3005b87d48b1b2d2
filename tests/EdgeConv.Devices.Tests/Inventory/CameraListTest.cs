using EdgeConv.Devices.Inventory;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Inventory;

public sealed class CameraListTest : IDisposable
{
    private readonly FakeCameras _cameras = new();

    public void Dispose() => _cameras.Dispose();

    [Fact]
    public void A_camera_tells_what_it_gives_and_where_it_stays()
    {
        _cameras.Plug("video0", "C920", "usb-C920-video-index0").Formats =
            Offers.Of("yuyv 640x480@30,15 1280x720@10; H264 640x480@30; mjpg 1920x1080@30");
        DeviceEntry entry = Assert.Single(CameraList.Read(_cameras.Root, _cameras));
        Assert.Equal(("video", "C920", "/dev/video0"), (entry.Kind, entry.Name, entry.Path));
        Assert.Equal("fakecam; /dev/v4l/by-id/usb-C920-video-index0; yuyv 640x480 30, 1280x720 10; " +
            "mjpg 1920x1080 30; not read: H264", entry.Detail);
        Assert.Null(entry.Problem);
    }

    [Fact]
    public void Many_formats_that_are_not_read_are_counted()
    {
        _cameras.Plug("video0", "isp").Formats = Offers.Of("BA81 1x1; GBRG 1x1; GRBG 1x1; RGGB 1x1; BG10 1x1; Y444 1x1; nv12 64x48@5; Y16B 1x1");
        Assert.Equal("fakecam; nv12 64x48 5; 7 formats that are not read",
            Assert.Single(CameraList.Read(_cameras.Root, _cameras)).Detail);
    }

    [Fact]
    public void What_is_no_camera_says_what_it_is_and_what_fails_says_why()
    {
        _cameras.Plug("video0", "C920", null, new FakeCamera { NodeCapabilities = VideoCapabilities.Metadata });
        _cameras.Plug("video1", "codec", null, new FakeCamera { NodeCapabilities = VideoCapabilities.MemoryToMemory });
        _cameras.Plug("video2", "broken").Fail(VideoRequest.QueryCapability, -5);
        _cameras.Plug("video10", "closed").OpenProblem = -13;
        DeviceEntry[] entries = [.. CameraList.Read(_cameras.Root, _cameras)];
        Assert.Equal(
            [
                "fakecam, gives metadata of a camera, no pictures",
                "fakecam, is no camera but a codec or an image processor (memory to memory)", null, null,
            ],
            entries.Select(entry => entry.Detail));
        Assert.Equal(
            [
                null, null, "cannot ask what it is: the camera does not answer (EIO); tried again",
                "permission missing: group video; sudo usermod -aG video $USER and log in again",
            ],
            entries.Select(entry => entry.Problem));
    }

    [Fact]
    public void A_recorded_boards_devices_are_listed_without_being_asked()
    {
        FakeCamera camera = _cameras.Plug("video0", "C920");
        Assert.Equal("C920", Assert.Single(CameraList.Read(_cameras.Root, null)).Name);
        Assert.Equal(0, camera.Openings);
    }
}
