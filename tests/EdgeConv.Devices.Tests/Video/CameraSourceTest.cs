using System.Runtime.InteropServices;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Video;

public sealed class CameraSourceTest : CameraTest
{
    [Fact]
    public async Task A_frame_lends_the_drivers_memory_and_gives_it_back()
    {
        Camera.Waited = () => Camera.Send(7);
        Frame frame = await ReadAsync(Source());
        Assert.Equal((640, 480, 1280, PixelFormat.Yuyv, ColorCoding.Bt601),
            (frame.Width, frame.Height, frame.Stride, frame.Format, frame.Coding));
        Assert.Equal(640 * 480 * 2, frame.Pixels.Length);
        Assert.Equal(-1, frame.Pixels.Span.IndexOfAnyExcept((byte)7));
        Assert.False(MemoryMarshal.TryGetArray(frame.Pixels, out _));
        Assert.Equal(3, Camera.Queued);
        frame.Dispose();
        frame.Dispose();
        Assert.Equal(4, Camera.Queued);
        Assert.Equal(Stable, frame.Origin);
    }

    [Fact]
    public async Task The_newest_frame_wins_and_older_ones_go_back_at_once()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Send(1);
        Camera.Send(2);
        Camera.Send(3);
        using Frame frame = await ReadAsync(source);
        Assert.Equal(3, frame.Pixels.Span[0]);
        Assert.Equal(3, frame.Sequence);
        Assert.Equal(3, Camera.Queued);
        Assert.Equal(2, source.Missed);
    }

    [Fact]
    public async Task Frames_that_the_driver_has_lost_are_a_gap()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Skip(5);
        using Frame frame = await ReadAsync(source);
        Assert.Equal((6, 5), (frame.Sequence, source.Missed));
    }

    [Fact]
    public async Task When_every_buffer_is_lent_it_waits_for_one()
    {
        Camera.Buffers = 2;
        CameraSource source = Source();
        Frame first = await ReadAsync(source);
        Frame second = await ReadAsync(source);
        Task<Frame> third = ReadAsync(source);
        await Task.Delay(50, Cancellation);
        Assert.False(third.IsCompleted);
        first.Dispose();
        using Frame frame = await third;
        second.Dispose();
        Assert.Equal(1, Camera.Queued);
    }

    [Fact]
    public async Task The_rate_is_set_and_what_the_camera_cannot_is_thinned_out()
    {
        Camera.Formats = Offers.Of("yuyv 640x480@30");
        Camera.Waited = () =>
        {
            Time.Advance(TimeSpan.FromSeconds(1 / 30.0));
            Camera.Send(flags: 0);
        };
        CameraSource source = Source(Options() with { RateHertz = 10 });
        long first = 0, last = 0;
        for (int i = 0; i < 21; i++)
        {
            using Frame frame = await ReadAsync(source);
            first = i == 0 ? frame.Sequence : first;
            last = frame.Sequence;
        }

        Assert.Equal((10u, 300u), (Camera.Interval.Numerator, Camera.Interval.Denominator));
        Assert.Equal(60, last - first);
    }

    [Fact]
    public async Task Nothing_is_silent_while_frames_come_that_are_not_due()
    {
        Camera.Waited = () =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Camera.Send(flags: 0);
        };
        CameraSource source = Source(Options() with { RateHertz = 0.05 });
        (await ReadAsync(source)).Dispose();
        using Frame frame = await ReadAsync(source);
        Assert.Equal(20, frame.Sequence);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(-5, 0)]
    [InlineData(20_000, 0)]
    public async Task A_frame_was_captured_when_the_kernel_says_unless_that_cannot_be(int age, int expected)
    {
        Camera.Waited = () =>
        {
            Camera.Send();
            Camera.Nanoseconds += age * 1_000_000L;
        };
        Camera.Nanoseconds = 50_000_000_000;
        CameraSource source = Source();
        using Frame frame = await ReadAsync(source);
        Assert.Equal(TimeSpan.FromMilliseconds(expected), Time.GetElapsedTime(frame.CapturedAt));
        Assert.Equal(Time.GetUtcNow() - TimeSpan.FromMilliseconds(expected), frame.Timestamp);
    }

    [Fact]
    public async Task A_timestamp_of_another_clock_counts_for_nothing()
    {
        Camera.Waited = () =>
        {
            Camera.Send(flags: 0);
            Camera.Nanoseconds += 30_000_000;
        };
        using Frame frame = await ReadAsync(Source());
        Assert.Equal(Time.GetTimestamp(), frame.CapturedAt);
    }

    [Fact]
    public async Task A_driver_that_sets_another_size_is_believed()
    {
        Camera.Adjust = format => format with { Width = 320, Height = 240, BytesPerLine = 640, SizeImage = 320 * 240 * 2 };
        using Frame frame = await ReadAsync(Source());
        Assert.Equal((320, 240, 640), (frame.Width, frame.Height, frame.Stride));
    }

    [Theory]
    [InlineData("yuyv", 1344, PixelFormat.Yuyv, (1344 * 479) + 1280)]
    [InlineData("nv12", 704, PixelFormat.Nv12, (704 * (480 + 239)) + 640)]
    [InlineData("grey", 0, PixelFormat.Gray8, 640 * 480)]
    public async Task Padded_rows_are_told(string format, int stride, PixelFormat pixels, int bytes)
    {
        Camera.Formats = Offers.Of($"{format} 640x480@30");
        Camera.Adjust = set => set with
        {
            BytesPerLine = (uint)stride,
            SizeImage = (uint)PixelFormats.FrameBytes(pixels, Math.Max(640, stride), 480),
        };
        using Frame frame = await ReadAsync(Source());
        Assert.Equal((pixels, Math.Max(640, stride), bytes), (frame.Format, frame.Stride, frame.Pixels.Length));
    }

    [Theory]
    [InlineData(0, 0, 0, ColorCoding.Bt601)]
    [InlineData(8, 0, 0, ColorCoding.Bt601)]
    [InlineData(7, 0, 0, ColorCoding.Bt601Full)]
    [InlineData(3, 0, 0, ColorCoding.Bt709)]
    [InlineData(3, 1, 0, ColorCoding.Bt601)]
    [InlineData(8, 2, 1, ColorCoding.Bt709Full)]
    [InlineData(7, 0, 2, ColorCoding.Bt601)]
    public async Task Colours_are_coded_as_the_driver_says(uint space, uint encoding, uint range, ColorCoding coding)
    {
        Camera.Adjust = format => format with
        {
            ColorSpace = space, YcbcrEncoding = encoding, Quantization = range,
        };
        using Frame frame = await ReadAsync(Source());
        Assert.Equal(coding, frame.Coding);
        SourceOptions options = Options() with
        {
            Camera = new CameraOptions { Device = Stable, Coding = ColorCoding.Bt709Full },
        };
        using Frame told = await ReadAsync(Source(options));
        Assert.Equal(ColorCoding.Bt709Full, told.Coding);
    }

    [Fact]
    public async Task A_damaged_frame_and_a_short_one_are_counted_and_the_next_one_goes_on()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Send(flags: VideoConstants.DamagedFrame);
        Assert.Equal($"{Stable}: a frame was damaged on its way from the camera", await FailAsync<DataError>(source));
        Camera.Send(used: 1000);
        Assert.Equal($"{Stable}: a frame has 1000 bytes; a whole one has 614400", await FailAsync<DataError>(source));
        Camera.Send(used: 0);
        await FailAsync<DataError>(source);
        Camera.Send(used: 1 << 30);
        await FailAsync<DataError>(source);
        Assert.Equal(4, Camera.Queued);
        using Frame frame = await ReadAsync(source);
        Assert.Equal(5, frame.Sequence);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        using CancellationTokenSource stop = new();
        Camera.Waited = stop.Cancel;
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await source.ReadAsync(stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync(stop.Token));
        Assert.Equal(1, Camera.Open);
        Camera.Waited = () => Camera.Send(9);
        using Frame frame = await ReadAsync(source);
        Assert.Equal(9, frame.Pixels.Span[0]);
    }

    [Fact]
    public async Task Disposing_ends_a_read_and_closes_the_camera()
    {
        CameraSource source = Source();
        (await ReadAsync(source)).Dispose();
        Camera.Waited = null;
        Camera.Pass = null;
        Task<Frame> reading = ReadAsync(source);
        await source.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal((0, 0), (Camera.Open, Camera.Mapped));
        await source.DisposeAsync();
    }

    [Fact]
    public async Task A_frame_allocates_itself_and_nothing_else()
    {
        const int Frames = 500;
        long begun = 0, ended = 0, waits = 0;
        Camera.Waited = () =>
        {
            // On the thread that reads the camera.
            waits++;
            if (waits == 100)
                begun = GC.GetAllocatedBytesForCurrentThread();
            if (waits == 100 + Frames)
                ended = GC.GetAllocatedBytesForCurrentThread();
            Camera.Send();
        };
        Camera.Pass = null;
        CameraSource source = Source();
        while (waits <= 100 + Frames)
            (await ReadAsync(source)).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using Frame one = new() { Timestamp = default, CapturedAt = 0, Sequence = 0, Origin = "", Width = 1, Height = 1,
            Stride = 1, Format = PixelFormat.Gray8, Pixels = default };
        long size = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Frames * size, ended - begun);
    }
}
