using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Video;

public sealed class CameraFailureTest : CameraTest
{
    public static TheoryData<string> Requests =>
    [
        nameof(VideoRequest.QueryCapability), nameof(VideoRequest.EnumerateFormats), nameof(VideoRequest.SetFormat),
        nameof(VideoRequest.RequestBuffers), nameof(VideoRequest.QueryBuffer), nameof(VideoRequest.Queue),
        nameof(VideoRequest.StreamOn), nameof(VideoRequest.Dequeue),
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Whatever_fails_with_whatever_is_told_leaves_nothing_open_and_is_tried_again(string name)
    {
        VideoRequest request = Enum.Parse<VideoRequest>(name);
        foreach (int errno in (int[])[1, 5, 6, 12, 13, 14, 16, 19, 22, 25, 28, 32, 71, 110])
        {
            CameraSource source = Source();
            Camera.Fail(request, -errno);
            string message = await FailAsync<DeviceError>(source);
            Assert.StartsWith($"{Stable}: ", message, StringComparison.Ordinal);
            Assert.Equal((0, 0), (Camera.Open, Camera.Mapped));
            (await ReadAsync(source)).Dispose();
            await source.DisposeAsync();
        }

        Assert.Equal((0, 0), (Camera.Open, Camera.Mapped));
    }

    [Theory]
    [InlineData(nameof(VideoRequest.SetFormat), 22,
        "cannot take yuyv 640x480 at 30/s: the driver refuses it (EINVAL); another 'format', 'width' or 'height' may do")]
    [InlineData(nameof(VideoRequest.StreamOn), 28,
        "cannot take yuyv 640x480 at 30/s: its USB bus has no room left; a smaller size, a lower rate_hz, " +
        "format: mjpg or a port of another bus would be right")]
    [InlineData(nameof(VideoRequest.SetFormat), 16,
        "cannot take yuyv 640x480 at 30/s: another program uses the camera; sudo fuser -v /dev/video* names it")]
    [InlineData(nameof(VideoRequest.QueryCapability), 25, "is no video device")]
    [InlineData(nameof(VideoRequest.Dequeue), 5, "cannot read frames: the camera does not answer (EIO); tried again")]
    [InlineData(nameof(VideoRequest.StreamOn), 71, "cannot take yuyv 640x480 at 30/s: error 71; tried again")]
    public async Task What_fails_is_told_in_a_line_with_what_would_help(string name, int errno, string problem)
    {
        Camera.Fail(Enum.Parse<VideoRequest>(name), -errno);
        Assert.Equal($"{Stable}: {problem}", await FailAsync<DeviceError>(Source()));
    }

    [Fact]
    public async Task A_busy_camera_names_the_program_that_uses_it()
    {
        Cameras.AddProgram(41, "bash", "null");
        Cameras.AddProgram(4711, "ffmpeg", "video0");
        Camera.Fail(VideoRequest.StreamOn, -16);
        Assert.Equal($"{Stable}: cannot take yuyv 640x480 at 30/s: ffmpeg (process 4711) uses the camera; " +
            "end it, or take another camera", await FailAsync<DeviceError>(Source()));
    }

    [Fact]
    public void A_camera_that_another_pipeline_uses_says_so()
    {
        Cameras.AddProgram(Environment.ProcessId, "edgeconv", "video0");
        Assert.Equal("another pipeline of this program", NodeUsers.Of(Cameras.Root, Cameras.Root.Folder("dev/video0")));
        Assert.Null(NodeUsers.Of(Cameras.Root, Cameras.Root.Folder("dev/video1")));
    }

    [Fact]
    public async Task A_camera_that_may_not_be_opened_names_the_group_that_may()
    {
        Camera.OpenProblem = -13;
        const string Problem = "permission missing: group video; sudo usermod -aG video $USER and log in again";
        Assert.Equal($"{Stable}: {Problem}", await FailAsync<DeviceError>(Source()));
        Assert.Equal($"camera: {Problem}", await FailAsync<DeviceError>(Source(Options(""))));
        Camera.OpenProblem = 0;
        (await ReadAsync(Source())).Dispose();
    }

    [Fact]
    public async Task A_driver_that_sets_what_is_not_read_is_refused()
    {
        Camera.Adjust = format => format with { PixelFormat = FormatTable.CodeOf("H264") };
        Assert.Equal($"{Stable}: was asked for yuyv 640x480 at 30/s and set itself to H264 640x480; " +
            "another 'format', 'width' or 'height' may do", await FailAsync<DeviceError>(Source()));
        Camera.Adjust = format => format with { Width = 320, Height = 240 };
        Assert.Contains("set itself to yuyv 320x240",
            await FailAsync<DeviceError>(Source(Options() with { Width = 640 })), StringComparison.Ordinal);
        Assert.Equal((0, 0), (Camera.Open, Camera.Mapped));
    }

    [Fact]
    public async Task A_silent_camera_is_begun_anew_after_five_seconds()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Waited = null;
        long before = Time.GetTimestamp();
        Assert.Equal($"{Stable}: gives no frame for 5 s; streaming is begun anew", await FailAsync<DeviceError>(source));
        Assert.Equal(5, Time.GetElapsedTime(before).TotalSeconds, 0.2);
        Camera.Waited = () => Camera.Send();
        using Frame frame = await ReadAsync(source);
        Assert.Equal((2, 1), (Camera.Openings, frame.Sequence));
    }

    [Fact]
    public async Task A_camera_is_not_silent_while_the_program_is_stopped()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        int waits = 0;
        Camera.Waited = () =>
        {
            if (++waits == 3)
                Time.Advance(TimeSpan.FromHours(3));
            else if (waits == 6)
                Camera.Send();
        };
        (await ReadAsync(source)).Dispose();
        Assert.Equal(1, Camera.Openings);
    }

    [Fact]
    public async Task A_frame_that_waited_while_the_program_was_stopped_is_as_old_as_it_is()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Send();
        TimeSpan stopped = TimeSpan.FromHours(3);
        Camera.Nanoseconds += (long)stopped.TotalNanoseconds;
        Time.Advance(stopped);
        using Frame frame = await ReadAsync(source);
        Assert.Equal(stopped.TotalSeconds, Time.GetElapsedTime(frame.CapturedAt).TotalSeconds, 0.01);
    }

    [Fact]
    public async Task A_driver_that_tells_of_frames_without_having_any_is_not_asked_for_ever()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Waited = null;
        Camera.IsLying = true;
        Assert.Contains("does not answer (EIO)", await FailAsync<DeviceError>(source), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_buffer_that_the_driver_does_not_take_back_begins_the_stream_anew()
    {
        CameraSource source = Source();
        Frame frame = await ReadAsync(source);
        Camera.Waited = null;
        Camera.Fail(VideoRequest.Queue, -5);
        frame.Dispose();
        Assert.Contains("does not answer (EIO)", await FailAsync<DeviceError>(source), StringComparison.Ordinal);
        Assert.Equal((0, 0), (Camera.Open, Camera.Mapped));
    }
}
