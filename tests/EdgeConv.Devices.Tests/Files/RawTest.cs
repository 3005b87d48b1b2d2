using System.Buffers.Binary;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Files;

public sealed class RawTest : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Samples_of_each_format_are_read()
    {
        byte[] shorts = new byte[8];
        for (int i = 0; i < 4; i++)
            BinaryPrimitives.WriteInt16LittleEndian(shorts.AsSpan(i * 2), (short)(1000 * (i - 2)));
        float[] floats = [1.5f, -2.25f, 3e30f, 0];
        float[] bytes = await ReadAsync(SampleFormat.UInt8, [0, 128, 255, 7]);
        Assert.Equal([0, 128, 255, 7], bytes);
        float[] integers = await ReadAsync(SampleFormat.Int16, shorts);
        Assert.Equal([-2000, -1000, 0, 1000], integers);
        float[] same = await ReadAsync(SampleFormat.Float32, [.. floats.SelectMany(BitConverter.GetBytes)]);
        Assert.Equal(floats, same);
    }

    [Fact]
    public async Task A_float_that_is_no_number_is_reported_with_its_byte()
    {
        float[] floats = [1, 2, 3, float.NaN, 5, 6];
        string path = _folder.Write("raw.f32", [.. floats.SelectMany(BitConverter.GetBytes)]);
        Reading reading = await Reading.ToEndAsync(Open(Options(SampleFormat.Float32, path), 1));
        Assert.Equal($"{path}: byte 8: channel 1 is NaN", Assert.Single(reading.Errors).Message);
        Assert.Equal([0, 2], reading.Windows.Select(window => window.Sequence));
    }

    [Fact]
    public async Task A_file_that_ends_inside_an_instant_says_so_once()
    {
        string path = _folder.Write("raw.s16", new byte[11]);
        Reading reading = await Reading.ToEndAsync(Open(Options(SampleFormat.Int16, path), 1));
        Assert.Equal(2, reading.Windows.Count);
        Assert.Equal($"{path}: byte 8: ends inside an instant of 4 bytes",
            Assert.Single(reading.Errors).Message);
    }

    [Theory]
    [InlineData(SampleFormat.Gray8, 1)]
    [InlineData(SampleFormat.Rgb24, 3)]
    public async Task Pictures_follow_one_another(SampleFormat format, int bytesPerPixel)
    {
        byte[] content = [.. Enumerable.Range(0, 3 * 5 * 2 * bytesPerPixel).Select(i => (byte)i)];
        string path = _folder.Write("frames.raw", content);
        ISource source = Open(Pictures(format, path), null);
        for (int n = 0; n < 3; n++)
        {
            using Frame frame = (Frame)(await source.ReadAsync(TestContext.Current.CancellationToken))!;
            int bytes = 10 * bytesPerPixel;
            Assert.Equal(content[(n * bytes)..((n + 1) * bytes)], frame.Pixels.ToArray());
            Assert.Equal((5, 2, 5 * bytesPerPixel, (long)n),
                (frame.Width, frame.Height, frame.Stride, frame.Sequence));
            Assert.Equal(format == SampleFormat.Gray8 ? PixelFormat.Gray8 : PixelFormat.Rgb24, frame.Format);
        }

        Assert.Null(await source.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(SampleFormat.Yuyv, PixelFormat.Yuyv, 12, 24)]
    [InlineData(SampleFormat.Uyvy, PixelFormat.Uyvy, 12, 24)]
    [InlineData(SampleFormat.Nv12, PixelFormat.Nv12, 6, 18)]
    [InlineData(SampleFormat.Nv21, PixelFormat.Nv21, 6, 18)]
    [InlineData(SampleFormat.Yuv420, PixelFormat.Yuv420, 6, 18)]
    public async Task Pictures_of_cameras_follow_one_another(
        SampleFormat format, PixelFormat expected, int stride, int bytes)
    {
        byte[] content = [.. Enumerable.Range(0, 2 * bytes).Select(i => (byte)i)];
        SourceOptions options = Pictures(format, _folder.Write("frames.raw", content)) with
        {
            Coding = ColorCoding.Bt709Full,
        };
        ISource source = Open(options, null);
        for (int n = 0; n < 2; n++)
        {
            using Frame frame = (Frame)(await ReadAsync(source))!;
            Assert.Equal(content[(n * bytes)..((n + 1) * bytes)], frame.Pixels.ToArray());
            Assert.Equal((stride, expected, ColorCoding.Bt709Full), (frame.Stride, frame.Format, frame.Coding));
        }

        Assert.Null(await ReadAsync(source));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_ends_inside_a_picture_is_a_data_error_and_goes_on_when_looped(bool isLooped)
    {
        string path = _folder.Write("frames.raw", new byte[25]);
        ISource source = Open(Pictures(SampleFormat.Gray8, path) with { Loop = isLooped }, null);
        (await ReadAsync(source))!.Dispose();
        (await ReadAsync(source))!.Dispose();
        DataError error = await Assert.ThrowsAsync<DataError>(() => ReadAsync(source));
        Assert.Equal($"{path}: ends 5 bytes before the end of a picture", error.Message);
        using Sample? next = await ReadAsync(source);
        Assert.Equal(isLooped, next is not null);
    }

    [Fact]
    public async Task A_looped_file_without_a_whole_picture_is_a_device_error()
    {
        string path = _folder.Write("frames.raw", new byte[9]);
        ISource source = Open(Pictures(SampleFormat.Gray8, path) with { Loop = true }, null);
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAsync<DeviceError>(() => ReadAsync(source));
    }

    [Fact]
    public async Task An_absent_file_is_a_device_error_until_it_is_there()
    {
        ISource source = Open(Pictures(SampleFormat.Gray8, _folder.PathOf("later.raw")), null);
        await Assert.ThrowsAsync<DeviceError>(() => ReadAsync(source));
        _folder.Write("later.raw", new byte[10]);
        using Sample? frame = await ReadAsync(source);
        Assert.NotNull(frame);
    }

    private async Task<float[]> ReadAsync(SampleFormat format, byte[] content)
    {
        string path = _folder.Write("samples.raw", content);
        Reading reading = await Reading.ToEndAsync(Open(Options(format, path), 2));
        return Assert.Single(reading.Windows).Values;
    }

    private static Task<Sample?> ReadAsync(ISource source) =>
        source.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    private static ISource Open(SourceOptions options, int? length) =>
        SourceFactory.Create(options, length, TimeProvider.System);

    private static SourceOptions Options(SampleFormat format, string path) =>
        new() { Kind = SourceKind.Raw, Path = path, Format = format, Channels = 2, RealTime = false };

    private static SourceOptions Pictures(SampleFormat format, string path) =>
        new() { Kind = SourceKind.Raw, Path = path, Format = format, Width = 5, Height = 2,
            RealTime = false };
}
