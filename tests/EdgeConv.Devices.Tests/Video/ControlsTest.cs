using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Video;

public sealed class ControlsTest
{
    private const uint ExposureMode = 0x009A0901;
    private const uint Exposure = 0x009A0902;
    private const uint FocusMode = 0x009A090C;
    private const uint Focus = 0x009A090A;
    private const uint WhiteBalanceMode = 0x0098090C;
    private const uint WhiteBalance = 0x0098091A;

    // As a C920 has them: its automatic exposure is V4L2_EXPOSURE_APERTURE_PRIORITY.
    private readonly FakeCamera _camera = new()
    {
        Controls =
        {
            [ExposureMode] = (1, 3, 3), [Exposure] = (3, 2047, 250), [FocusMode] = (0, 1, 1), [Focus] = (0, 250, 0),
            [WhiteBalanceMode] = (0, 1, 1), [WhiteBalance] = (2000, 6500, 4000),
        },
    };

    [Fact]
    public void What_is_not_configured_is_left_alone()
    {
        Apply(new CameraOptions());
        Assert.Empty(_camera.Settings);
    }

    [Fact]
    public void A_value_leaves_the_automatic_mode_first()
    {
        Apply(new CameraOptions
        {
            ExposureMilliseconds = new(12.5),
            FocusSteps = new(30),
            WhiteBalanceKelvin = new(4600),
        });
        Assert.Equal(
            [(ExposureMode, 1), (Exposure, 125), (FocusMode, 0), (Focus, 30), (WhiteBalanceMode, 0), (WhiteBalance, 4600)],
            _camera.Settings);
    }

    [Fact]
    public void Automatic_is_what_the_camera_has_of_it()
    {
        Apply(new CameraOptions
        {
            ExposureMilliseconds = new(null), FocusSteps = new(null), WhiteBalanceKelvin = new(null),
        });
        Assert.Equal([(ExposureMode, 3), (FocusMode, 1), (WhiteBalanceMode, 1)], _camera.Settings);
    }

    [Fact]
    public void A_control_that_is_never_automatic_has_its_value_alone()
    {
        _camera.Controls.Remove(FocusMode);
        Apply(new CameraOptions { FocusSteps = new(250) });
        Assert.Equal([(Focus, 250)], _camera.Settings);
        Assert.Equal("cam: controls.focus: has no automatic focus; a number of steps would be right",
            Fail(new CameraOptions { FocusSteps = new(null) }));
    }

    [Fact]
    public void What_the_camera_has_not_is_named()
    {
        _camera.Controls.Remove(WhiteBalance);
        Assert.Equal("cam: controls.white_balance: has no white_balance to set; leave it out",
            Fail(new CameraOptions { WhiteBalanceKelvin = new(4600) }));
        Assert.Equal("cam: controls.exposure: is 500; 0.3 to 204.7 ms would be right",
            Fail(new CameraOptions { ExposureMilliseconds = new(500) }));
        Assert.Equal("cam: controls.focus: is 251; 0 to 250 steps would be right",
            Fail(new CameraOptions { FocusSteps = new(251) }));
        _camera.Fail(VideoRequest.SetControl, -5, times: 2);
        Assert.Equal("cam: cannot set controls.focus: the camera does not answer (EIO); tried again",
            Fail(new CameraOptions { FocusSteps = new(3) }));
    }

    private void Apply(CameraOptions options)
    {
        using IVideoNode node = _camera.TryOpen(out _)!;
        CameraControls.Apply("cam", node, options);
    }

    private string Fail(CameraOptions options) => Assert.Throws<DeviceError>(() => Apply(options)).Message;
}
