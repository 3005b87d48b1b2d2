using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;

namespace EdgeConv.Devices.Tests.Video;

public sealed class UnplugTest : CameraTest
{
    [Fact]
    public async Task A_lent_frame_survives_an_unplug_until_it_is_given_back()
    {
        Camera.Waited = () => Camera.Send(7);
        CameraSource source = Source();
        Frame frame = await ReadAsync(source);
        Cameras.Unplug("video0", Link);
        Assert.Equal($"{Stable}: is unplugged; used again when it returns", await FailAsync<DeviceError>(source));
        Assert.Equal((0, 1), (Camera.Open, Camera.Mapped));
        Assert.Equal(-1, frame.Pixels.Span.IndexOfAnyExcept((byte)7));
        frame.Dispose();
        Assert.Equal(0, Camera.Mapped);
        Assert.Throws<ObjectDisposedException>(() => frame.Pixels.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => frame.Pixels.Pin());
    }

    [Fact]
    public async Task A_frame_that_outlives_its_source_is_unmapped_when_it_is_given_back()
    {
        CameraSource source = Source();
        Frame frame = await ReadAsync(source);
        await source.DisposeAsync();
        Assert.Equal((0, 1), (Camera.Open, Camera.Mapped));
        Assert.Equal(0, frame.Pixels.Span[0]);
        frame.Dispose();
        Assert.Equal(0, Camera.Mapped);
    }

    [Fact]
    public async Task A_camera_that_returns_under_another_number_is_used_again_by_its_id()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Cameras.Unplug("video0", Link);
        await FailAsync<DeviceError>(source);
        Task<Frame> next = ReadAsync(source);
        await UntilItWaitsAsync();
        // Another camera has taken its number; it is not opened to tell of it.
        FakeCamera other = Cameras.Plug("video0", "Other");
        Time.Advance(TimeSpan.FromSeconds(0.5));
        await UntilItWaitsAsync();
        Assert.False(next.IsCompleted);
        Assert.Equal(0, other.Openings);
        Cameras.Plug("video3", "Fake Webcam", Link, Camera);
        Time.Advance(TimeSpan.FromSeconds(0.5));
        using Frame frame = await next;
        Assert.Equal((2, 1), (Camera.Openings, frame.Sequence));
    }

    [Fact]
    public async Task A_thousand_unplugs_leave_no_descriptor_and_no_mapping()
    {
        CameraSource source = Source();
        List<Frame> lent = [];
        for (int cycle = 0; cycle < 1000; cycle++)
        {
            lent.Add(await ReadAsync(source));
            if (cycle % 3 == 0)
            {
                lent.ForEach(frame => frame.Dispose());
                lent.Clear();
            }

            Cameras.Unplug("video0", Link);
            await FailAsync<DeviceError>(source);
            Assert.Equal((0, lent.Count), (Camera.Open, Camera.Mapped));
            Cameras.Plug("video0", "Fake Webcam", Link, Camera);
        }

        lent.ForEach(frame => frame.Dispose());
        Assert.Equal((1000, 0, 0), (Camera.Openings, Camera.Open, Camera.Mapped));
    }

    [Fact]
    public async Task A_camera_that_is_not_there_is_told_once_with_those_that_are()
    {
        Cameras.Plug("video1", "Fake Webcam", null, new FakeCamera
        {
            NodeCapabilities = EdgeConv.Devices.Video.Interop.VideoCapabilities.Metadata,
        });
        CameraSource source = Source(Options("/dev/v4l/by-id/usb-Other-video-index0"));
        Assert.Equal("/dev/v4l/by-id/usb-Other-video-index0: no such camera is there; " +
            $"there are {Stable} (Fake Webcam); used when it comes", await FailAsync<DeviceError>(source));
        Task<Frame> next = ReadAsync(source);
        await UntilItWaitsAsync();
        Time.Advance(TimeSpan.FromSeconds(0.5));
        await UntilItWaitsAsync();
        Assert.False(next.IsCompleted);
        // Opened once to tell of it; then it is left alone.
        Assert.Equal(1, Camera.Openings);
        // What else is there has changed, which is told again.
        Cameras.Unplug("video0", Link);
        Time.Advance(TimeSpan.FromSeconds(0.5));
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => next);
        Assert.Contains("there is no camera at all", error.Message, StringComparison.Ordinal);
        next = ReadAsync(source);
        await UntilItWaitsAsync();
        FakeCamera other = Cameras.Plug("video5", "Other", "usb-Other-video-index0");
        other.Waited = () => other.Send(5);
        Time.Advance(TimeSpan.FromSeconds(0.5));
        using Frame frame = await next;
        Assert.Equal(5, frame.Pixels.Span[0]);
    }
}
