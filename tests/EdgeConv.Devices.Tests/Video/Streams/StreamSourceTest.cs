using System.Diagnostics;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video.Streams;
using EdgeConv.Testing;
using SkiaSharp;

namespace EdgeConv.Devices.Tests.Video.Streams;

/// <summary>Through a real ffmpeg.</summary>
public sealed class StreamSourceTest : IDisposable
{
    private const string Secret = "p@ss w/ord'";
    private readonly TempFolder _folder = new();

    public static bool HasFfmpeg => FfmpegProcess.Find() is not null;

    private const string Python = "/usr/bin/python3";
    private const string Server = "/usr/lib/x86_64-linux-gnu/girepository-1.0/GstRtspServer-1.0.typelib";

    public static bool HasRtspServer => HasFfmpeg && File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/gi")
        && (File.Exists(Server) || File.Exists(Server.Replace("x86_64", "aarch64", StringComparison.Ordinal)));

    public const string NoServer = "ffmpeg, or an RTSP server to read from (Debian packages python3-gi, gir1.2-gst-rtsp-server-1.0, "
        + "gstreamer1.0-plugins-good), is not installed";

    public const string Absent = "ffmpeg is not installed (Debian package ffmpeg)";

    public void Dispose() => _folder.Dispose();

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_file_gives_each_of_its_pictures_at_the_size_that_covers_the_model_s()
    {
        string file = MakeVideo(seconds: 2, rate: 10, "320x240");
        await using StreamSource source = Make(new StreamOptions { Url = file }, new SampleWish { Width = 100, Height = 60 });
        Assert.False(source.IsLive);
        int count = 0;
        while (await ReadAsync(source) is { } frame)
        {
            Assert.Equal((100, 76, PixelFormat.Yuv420), (frame.Width, frame.Height, frame.Format));
            Assert.Equal((count, "v.avi"), (frame.Sequence, frame.Origin));
            frame.Dispose();
            count++;
        }

        Assert.Equal(20, count);
        Assert.Null(await ReadAsync(source));
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_file_that_breaks_off_is_told_once_and_not_read_again()
    {
        string file = MakeVideo(seconds: 2, rate: 10, "320x240");
        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, whole[..(whole.Length * 2 / 3)], TestContext.Current.CancellationToken);
        await using StreamSource source = Make(new StreamOptions { Url = file }, new SampleWish());
        int count = 0, told = 0;
        while (true)
        {
            try
            {
                if (await ReadAsync(source) is not { } frame)
                    break;
                frame.Dispose();
                count++;
            }
            catch (DataError)
            {
                told++;
            }
        }

        Assert.InRange(count, 5, 15);
        Assert.InRange(told, 0, 1);
        Assert.Null(await ReadAsync(source));
    }

    [Theory]
    [InlineData("http://cam/video.cgi?user=admin&pwd=secret", "http://cam/video.cgi")]
    [InlineData("rtsp://cam/user=admin&password=secret&channel=1", "rtsp://cam/")]
    [InlineData("rtsp://cam:554/stream1", "rtsp://cam:554/stream1")]
    [InlineData("/data/a=b?.avi", "/data/a=b?.avi")]
    public void What_an_address_may_hide_is_told_to_ffmpeg_alone(string url, string place)
    {
        StreamOptions stream = new() { Url = url };
        Assert.Equal(place, stream.Place);
        Assert.Equal($"{place}: not found", stream.Redact($"{url}: not found"));
        bool isSpoken = FfmpegArguments.Of(OptionsOf(stream), new SampleWish()).Any(word => word.EndsWith(url, StringComparison.Ordinal));
        Assert.Equal(place == url, isSpoken);
        Assert.Equal(place != url, FfmpegArguments.PlaylistOf(stream).Contains(url, StringComparison.Ordinal));
    }

    [Fact]
    public void A_short_password_is_not_given_away_by_what_is_left_out()
    {
        StreamOptions stream = new() { Url = "rtsp://camera/", User = "u", Password = "p" };
        Assert.Equal("rtsp://camera/: Input/output error", stream.Redact("rtsp://u:p@camera/: Input/output error"));
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task It_is_thinned_and_scaled_as_configured_and_gray_for_a_gray_model()
    {
        string file = MakeVideo(seconds: 2, rate: 10, "320x240");
        SourceOptions options = OptionsOf(new StreamOptions { Url = file }) with { RateHertz = 5, Width = 64, Height = 32 };
        await using StreamSource source = new(options, new SampleWish { IsGray = true }, TimeProvider.System);
        int count = 0;
        for (; await ReadAsync(source) is { } frame; count++)
        {
            Assert.Equal((64, 32, PixelFormat.Gray8), (frame.Width, frame.Height, frame.Format));
            frame.Dispose();
        }

        Assert.InRange(count, 9, 11);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task White_and_black_are_those_of_limited_range_and_of_full_range_when_gray()
    {
        await using MjpegServer server = new(Pictures.Jpeg(64, 32, (x, _) => x < 32 ? SKColors.White : SKColors.Black));
        StreamOptions stream = new() { Url = server.Url };
        await using StreamSource color = Make(stream, new SampleWish());
        using Frame frame = (await ReadAsync(color))!;
        Assert.InRange(frame.Pixels.Span[8], 233, 237);
        Assert.InRange(frame.Pixels.Span[56], 14, 18);
        await using StreamSource gray = Make(stream, new SampleWish { IsGray = true });
        using Frame full = (await ReadAsync(gray))!;
        Assert.InRange(full.Pixels.Span[8], 252, 255);
        Assert.InRange(full.Pixels.Span[56], 0, 3);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_password_reaches_the_camera_and_no_command_line()
    {
        await using MjpegServer server = new(Picture(), $"viewer:{Secret}");
        await using StreamSource source = Make(
            new StreamOptions { Url = server.Url, User = "viewer", Password = Secret }, new SampleWish { Width = 32, Height = 32 });
        Assert.True(source.IsLive);
        using Frame frame = (await ReadAsync(source))!;
        Assert.Equal((32, 32), (frame.Width, frame.Height));
        string command = File.ReadAllText($"/proc/{source.ProcessId}/cmdline");
        Assert.Contains("ffmpeg", command, StringComparison.Ordinal);
        Assert.DoesNotContain("viewer", command, StringComparison.Ordinal);
        Assert.DoesNotContain(Uri.EscapeDataString(Secret), command, StringComparison.Ordinal);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_wrong_password_is_told_without_telling_it()
    {
        await using MjpegServer server = new(Picture(), "viewer:right");
        await using StreamSource source = Make(
            new StreamOptions { Url = server.Url, User = "viewer", Password = Secret }, new SampleWish());
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReadAsync(source));
        Assert.StartsWith($"video:{server.Url}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("401", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Uri.EscapeDataString(Secret), error.Message, StringComparison.Ordinal);
    }

    /// <summary>The camera gives at most 50 pictures a second.</summary>
    [Theory(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    [InlineData(null)]
    [InlineData("viewer")]
    public async Task A_network_camera_is_thinned_by_the_time_that_passes(string? user)
    {
        await using MjpegServer server = new(Picture());
        SourceOptions options = OptionsOf(new StreamOptions { Url = server.Url, User = user, Password = Secret });
        await using StreamSource source = new(options with { RateHertz = 2 }, new SampleWish(), TimeProvider.System);
        (await ReadAsync(source))!.Dispose();
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 4; i++)
            (await ReadAsync(source))!.Dispose();
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.4, 6);
    }

    [Fact(Skip = NoServer, SkipUnless = nameof(HasRtspServer))]
    public async Task A_camera_with_rtsp_and_a_password_gives_pictures()
    {
        using Process server = Process.Start(new ProcessStartInfo(
            Python, [Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Video", "Streams", "rtsp_server.py"), "viewer", Secret])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            string port = (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
            StreamOptions stream = new() { Url = $"rtsp://127.0.0.1:{port}/porch", User = "viewer", Password = Secret };
            await using StreamSource source = Make(stream, new SampleWish { Width = 160, Height = 120 });
            for (int i = 0; i < 10; i++)
            {
                using Frame frame = (await ReadAsync(source))!;
                Assert.Equal((160, 120, i), (frame.Width, frame.Height, (int)frame.Sequence));
            }

            await using StreamSource stranger = Make(stream with { Password = "guess" }, new SampleWish());
            DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReadAsync(stranger));
            Assert.Contains("401", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("guess", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
        }
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_stream_that_ends_is_told_and_begun_anew()
    {
        await using MjpegServer server = new(Picture()) { Most = 30 };
        await using StreamSource source = Make(new StreamOptions { Url = server.Url }, new SampleWish());
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(async () =>
        {
            while (true)
                (await ReadAsync(source))!.Dispose();
        });
        Assert.StartsWith($"video:{server.Url}: ", error.Message, StringComparison.Ordinal);
        (await ReadAsync(source))!.Dispose();
        Assert.Equal(2, server.Connections);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_stream_that_falls_silent_is_told_and_begun_anew()
    {
        await using MjpegServer server = new(Picture()) { Most = 30, FallsSilent = true };
        ManualTime time = new();
        await using StreamSource source = new(
            OptionsOf(new StreamOptions { Url = server.Url }), new SampleWish(), time);
        (await ReadAsync(source))!.Dispose();
        using Process silent = Process.GetProcessById(source.ProcessId);
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(async () =>
        {
            while (true)
            {
                Task<Frame?> reading = ReadAsync(source);
                await Task.WhenAny(reading, Task.Delay(1000, TestContext.Current.CancellationToken));
                if (!reading.IsCompleted)
                    time.Advance(TimeSpan.FromSeconds(16));
                (await reading)!.Dispose();
            }
        });
        Assert.Equal($"video:{server.Url}: gives no picture for 15 s; it is begun anew", error.Message);
        Assert.True(silent.HasExited);
        (await ReadAsync(source))!.Dispose();
        Assert.Equal(2, server.Connections);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task What_is_not_there_is_named()
    {
        await using StreamSource source = Make(new StreamOptions { Url = "/nowhere/v.mp4" }, new SampleWish());
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(() => ReadAsync(source));
        Assert.StartsWith("video:/nowhere/v.mp4: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task No_process_is_left_behind()
    {
        await using MjpegServer server = new(Picture());
        StreamSource source = Make(new StreamOptions { Url = server.Url }, new SampleWish());
        (await ReadAsync(source))!.Dispose();
        using Process process = Process.GetProcessById(source.ProcessId);
        await source.DisposeAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    [Fact(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    public async Task A_cancelled_read_ends_at_once()
    {
        await using MjpegServer server = new(Picture()) { Most = 0, FallsSilent = true };
        using CancellationTokenSource stop = new();
        await using StreamSource source = Make(new StreamOptions { Url = server.Url }, new SampleWish());
        Task<Sample?> reading = source.ReadAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.True(reading.IsCompleted);
    }

    /// <summary>Also while ffmpeg is being started, when there is nothing to kill yet.</summary>
    [Theory(Skip = Absent, SkipUnless = nameof(HasFfmpeg))]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(200)]
    public async Task A_source_that_is_given_up_ends_at_once(int milliseconds)
    {
        await using MjpegServer server = new(Picture()) { Most = 0, FallsSilent = true };
        StreamSource source = Make(new StreamOptions { Url = server.Url }, new SampleWish());
        Task<Frame?> reading = ReadAsync(source);
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        await source.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, source.ProcessId);
    }

    private string MakeVideo(int seconds, int rate, string size)
    {
        string file = _folder.PathOf("v.avi");
        using Process process = Process.Start("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i",
            $"testsrc=size={size}:rate={rate}:duration={seconds}", "-c:v", "mjpeg", file]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return file;
    }

    private static byte[] Picture() => Pictures.Jpeg(64, 64, (x, _) => x < 32 ? SKColors.Red : SKColors.Blue);

    private static StreamSource Make(StreamOptions stream, SampleWish wish) => new(OptionsOf(stream), wish, TimeProvider.System);

    private static SourceOptions OptionsOf(StreamOptions stream) => new() { Kind = SourceKind.Video, Stream = stream };

    private static async Task<Frame?> ReadAsync(StreamSource source)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        return (Frame?)await source.ReadAsync(patience.Token);
    }
}
