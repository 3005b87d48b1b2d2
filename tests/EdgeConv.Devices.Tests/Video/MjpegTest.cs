using EdgeConv.Devices.Tests.Support;
using EdgeConv.Devices.Video;
using EdgeConv.Testing;
using SkiaSharp;

namespace EdgeConv.Devices.Tests.Video;

/// <summary>
/// Frames of JPEG against SkiaSharp's decoder. Skipped where libturbojpeg is not there; the file is one of 40 x
/// 24 pixels, made with Pillow.
/// </summary>
public sealed class MjpegTest : CameraTest
{
    private const string File = "gradient-baseline.jpg";
    private const string Pairs = "4:2:2", Blocks = "4:2:0";
    private readonly PicturePool _pool = new();

    public MjpegTest() =>
        Assert.SkipUnless(MjpegDecoder.IsAvailable, "libturbojpeg.so.0 (package libturbojpeg0) is not there");

    [Theory]
    [InlineData("gradient-baseline.jpg", PixelFormat.Rgb24, 2)]
    [InlineData("gradient-progressive.jpg", PixelFormat.Rgb24, 2)]
    [InlineData("gradient-gray.jpg", PixelFormat.Rgb24, 2)]
    [InlineData(Pairs, PixelFormat.Yuv422, 4)]
    [InlineData(Blocks, PixelFormat.Yuv420, 4)]
    public void A_whole_picture_is_what_skia_makes_of_it(string name, PixelFormat format, int tolerance)
    {
        byte[] file = FileOf(name);
        DecodedPicture picture = Decoded(file, new SampleWish());
        Assert.Equal(format, picture.Format);
        AssertNear(Pictures.Decode(file, 40, 24), Pictures.Rgb(picture), tolerance);
    }

    [Theory]
    [InlineData(SKJpegEncoderDownsample.Downsample420, PixelFormat.Yuv420, PixelFormat.Rgb24)]
    [InlineData(SKJpegEncoderDownsample.Downsample422, PixelFormat.Yuv422, PixelFormat.Yuv422)]
    [InlineData(SKJpegEncoderDownsample.Downsample444, PixelFormat.Rgb24, PixelFormat.Rgb24)]
    public void A_smaller_picture_is_the_mean_of_its_pixels(
        SKJpegEncoderDownsample chroma, PixelFormat whole, PixelFormat scaled)
    {
        byte[] file = Pictures.Jpeg(640, 480, Waves, chroma);
        byte[] colors = Pictures.Decode(file, 640, 480);
        foreach (int divisor in (int[])[1, 2, 4, 8])
        {
            (int width, int height) = (640 / divisor, 480 / divisor);
            DecodedPicture picture = Decoded(file, new SampleWish { Width = width, Height = height });
            Assert.Equal(
                (width, height, divisor == 1 ? whole : scaled), (picture.Width, picture.Height, picture.Format));
            AssertNear(Mean(colors, 640, divisor), Pictures.Rgb(picture), 6);
        }
    }

    [Theory]
    [InlineData(641, 479, SKJpegEncoderDownsample.Downsample422, 161, 120, PixelFormat.Rgb24)]
    [InlineData(640, 476, SKJpegEncoderDownsample.Downsample422, 160, 119, PixelFormat.Yuv422)]
    [InlineData(637, 477, SKJpegEncoderDownsample.Downsample422, 160, 120, PixelFormat.Yuv422)]
    [InlineData(637, 477, SKJpegEncoderDownsample.Downsample420, 160, 120, PixelFormat.Rgb24)]
    public void An_odd_extent_is_rounded_up_and_never_spoils_a_plane(
        int width, int height, SKJpegEncoderDownsample chroma, int columns, int rows, PixelFormat format)
    {
        byte[] file = Pictures.Jpeg(width, height, Waves, chroma);
        DecodedPicture picture = Decoded(file, new SampleWish { Width = 100, Height = 100 });
        Assert.Equal((columns, rows, format), (picture.Width, picture.Height, picture.Format));
        byte[] colors = Pictures.Rgb(picture);
        // Each pixel is the mean of four by four; their middle lies one and a half behind the first.
        for (int i = 0; i < columns * rows; i++)
        {
            SKColor middle = Waves(Math.Min((i % columns * 4) + 1, width - 3), Math.Min((i / columns * 4) + 1, height - 3));
            Assert.InRange(colors[3 * i] - middle.Red, -9, 9);
            Assert.InRange(colors[(3 * i) + 1] - middle.Green, -9, 9);
            Assert.InRange(colors[(3 * i) + 2] - middle.Blue, -9, 9);
        }
    }

    // Four pixels wide: at 1/2 chroma of blocks of two by two pixels still tells them apart.
    [Fact]
    public void Scaling_keeps_the_chroma_that_the_file_has()
    {
        byte[] file = Pictures.Jpeg(640, 480, (x, _) => x / 4 % 2 == 0 ? SKColors.Red : SKColors.Blue);
        DecodedPicture picture = Decoded(file, new SampleWish { Width = 320, Height = 240 });
        byte[] colors = Pictures.Rgb(picture);
        for (int i = 0; i < 320 * 240; i++)
            Assert.InRange(colors[3 * i], i % 320 / 2 % 2 == 0 ? 235 : 0, i % 320 / 2 % 2 == 0 ? 255 : 20);
    }

    [Theory]
    [InlineData(42, 23)]
    [InlineData(41, 24)]
    [InlineData(41, 23)]
    public void Blocks_of_chroma_at_odd_extents_are_decoded_to_colours(int width, int height)
    {
        byte[] file = Pictures.Jpeg(width, height, Waves);
        DecodedPicture picture = Decoded(file, new SampleWish());
        Assert.Equal((width, height, PixelFormat.Rgb24), (picture.Width, picture.Height, picture.Format));
        AssertNear(Pictures.Decode(file, width, height), Pictures.Rgb(picture), 2);
    }

    [Fact]
    public void A_model_that_sees_no_colour_gets_luminance()
    {
        byte[] file = Pictures.Jpeg(640, 480, Waves);
        byte[] colors = Pictures.Decode(file, 640, 480);
        byte[] luminance = [.. Enumerable.Range(0, 640 * 480).Select(i =>
            (byte)Math.Round((0.299 * colors[3 * i]) + (0.587 * colors[(3 * i) + 1]) + (0.114 * colors[(3 * i) + 2])))];
        AssertNear(luminance, Decode(file, new SampleWish { IsGray = true }), 3);
    }

    [Fact]
    public void Frames_without_huffman_tables_have_the_usual_ones()
    {
        byte[] file = FileOf(File);
        byte[] without = WithoutSegments(file, 0xC4);
        Assert.True(without.Length < file.Length - 400);
        Assert.Equal(Decode(file, new SampleWish()), Decode(without, new SampleWish()));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_few_bytes_too_many_before_the_end_spoil_nothing(string name)
    {
        byte[] file = FileOf(name);
        byte[] padded = [.. file[..^2], 0, 0, 0, .. file[^2..], 0, 0, 0, 0, 0];
        Assert.Equal(Decode(file, new SampleWish()), Decode(padded, new SampleWish()));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_truncated_frame_is_a_data_error_wherever_it_ends(string name)
    {
        byte[] file = FileOf(name);
        using MjpegDecoder decoder = Open(new SampleWish());
        for (int length = 0; length < file.Length; length++)
        {
            DataError error = Assert.Throws<DataError>(() => decoder.Decode("cam", file.AsSpan(0, length), _pool));
            Assert.StartsWith("cam: a frame is truncated or damaged: ", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(40, decoder.Decode("cam", file, _pool).Width);
    }

    // The library tells the first warning of a file alone.
    [Theory]
    [MemberData(nameof(Files))]
    public void A_few_bytes_too_many_in_the_header_spoil_nothing_and_hide_nothing(string name)
    {
        byte[] file = FileOf(name);
        int tables = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDB]);
        byte[] padded = [.. file[..tables], 0, 0, .. file[tables..]];
        Assert.Equal(Decode(file, new SampleWish()), Decode(padded, new SampleWish()));
        using MjpegDecoder decoder = Open(new SampleWish());
        for (int length = 0; length < padded.Length; length++)
            Assert.Throws<DataError>(() => decoder.Decode("cam", padded.AsSpan(0, length), _pool));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_frame_does_not_spoil_the_next(string name)
    {
        byte[] file = FileOf(name);
        using MjpegDecoder decoder = Open(new SampleWish());
        byte[] damaged = [.. file];
        // In the header: the length of a Huffman table; libjpeg-turbo 2.1 goes on within the header it left.
        damaged[file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]) + 6] = 0xFF;
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<DataError>(() => decoder.Decode("cam", damaged, _pool));
            Assert.Throws<DataError>(() => decoder.Decode("cam", file.AsSpan(0, file.Length * 3 / 4), _pool));
            Assert.Equal(40, decoder.Decode("cam", file, _pool).Width);
        }
    }

    [Theory]
    [InlineData(10, 6, false)]
    [InlineData(10, 6, true)]
    [InlineData(40, 24, false)]
    public unsafe void Whatever_bytes_come_give_a_picture_or_a_data_error(int width, int height, bool isGray)
    {
        byte[][] files = [FileOf(File), FileOf("gradient-progressive.jpg"), FileOf("gradient-gray.jpg"),
            FileOf("gradient-cmyk.jpg"), FileOf(Pairs), FileOf(Blocks)];
        using MjpegDecoder decoder = Open(new SampleWish { Width = width, Height = height, IsGray = isGray });
        using GuardedMemory memory = new(files.Max(file => file.Length));
        Random random = new(5);
        int pictures = 0, errors = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] file = files[i % files.Length];
            // The frame ends where memory ends: a read behind it would end the test.
            Span<byte> frame = new(memory.AtEnd<byte>(file), file.Length);
            for (int flips = random.Next(1, 6); flips > 0; flips--)
                frame[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                _pool.Return(decoder.Decode("cam", frame, _pool));
                pictures++;
            }
            catch (DataError)
            {
                errors++;
            }
        }

        Assert.True(pictures > 100 && errors > 100, $"{pictures} pictures, {errors} errors");
    }

    [Fact]
    public void A_frame_that_announces_too_many_pixels_is_refused_before_memory_is_taken()
    {
        byte[] file = Pictures.Recorded(File);
        int header = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        file[header + 5] = file[header + 7] = 0xF0;
        using MjpegDecoder decoder = Open(new SampleWish());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("at most 64000000 are decoded",
            Assert.Throws<DataError>(() => decoder.Decode("cam", file, _pool)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Decoding_allocates_nothing_after_the_first_frame(string name)
    {
        byte[] file = FileOf(name);
        using MjpegDecoder decoder = Open(new SampleWish());
        for (int i = 0; i < 20; i++)
            _pool.Return(decoder.Decode("cam", file, _pool));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            _pool.Return(decoder.Decode("cam", file, _pool));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(false, PixelFormat.Yuv422)]
    [InlineData(true, PixelFormat.Gray8)]
    public async Task A_camera_of_jpeg_gives_small_pictures_and_has_its_buffers_back(
        bool isGray, PixelFormat format)
    {
        byte[] file = Pictures.Jpeg(640, 480, Waves, SKJpegEncoderDownsample.Downsample422);
        Camera.Formats = Offers.Of("mjpg 640x480@30");
        Camera.Adjust = set => set with { SizeImage = 1 << 20 };
        Camera.Waited = () => Camera.Send(bytes: file);
        CameraSource source = Source(wish: new SampleWish { Width = 224, Height = 224, IsGray = isGray });
        Frame first = await ReadAsync(source);
        using Frame second = await ReadAsync(source);
        Assert.Equal((320, 240, 320, format), (first.Width, first.Height, first.Stride, first.Format));
        Assert.Equal(ColorCoding.Bt601Full, first.Coding);
        Assert.Equal(4, Camera.Queued);
        Assert.False(first.Pixels.Equals(second.Pixels));
        ReadOnlyMemory<byte> memory = first.Pixels;
        first.Dispose();
        using Frame third = await ReadAsync(source);
        Assert.True(memory.Equals(third.Pixels));
        Camera.Send(bytes: file[..2000]);
        Assert.StartsWith($"{Stable}: a frame is truncated or damaged: ", await FailAsync<DataError>(source),
            StringComparison.Ordinal);
        Assert.Equal(4, Camera.Queued);
    }

    /// <summary>One of each layout that colours are decoded to.</summary>
    public static TheoryData<string> Files => [File, Pairs, Blocks];

    // Those that Pillow made have chroma for each pixel.
    private static byte[] FileOf(string name) => name switch
    {
        Pairs => Pictures.Jpeg(40, 24, Waves, SKJpegEncoderDownsample.Downsample422),
        Blocks => Pictures.Jpeg(40, 24, Waves, SKJpegEncoderDownsample.Downsample420),
        _ => Pictures.Recorded(name),
    };

    private static MjpegDecoder Open(SampleWish wish) => new(wish);

    private DecodedPicture Decoded(byte[] file, SampleWish wish)
    {
        using MjpegDecoder decoder = Open(wish);
        return decoder.Decode("cam", file, _pool);
    }

    private byte[] Decode(byte[] file, SampleWish wish)
    {
        using Frame frame = Decoded(file, wish).ToFrame("cam", default);
        return frame.Pixels.ToArray();
    }

    private static SKColor Waves(int x, int y) => new(
        Wave(x, 197), Wave(y, 183), Wave(x + y, 331));

    private static byte Wave(int at, int length) => (byte)(128 + (100 * Math.Sin(at * 2 * Math.PI / length)));

    private static byte[] Mean(byte[] pixels, int width, int divisor)
    {
        int columns = width / divisor, rows = pixels.Length / 3 / width / divisor;
        byte[] means = new byte[columns * rows * 3];
        for (int i = 0; i < means.Length; i++)
        {
            int channel = i % 3, x = i / 3 % columns * divisor, y = i / 3 / columns * divisor;
            int sum = 0;
            for (int j = 0; j < divisor * divisor; j++)
                sum += pixels[((((y + (j / divisor)) * width) + x + (j % divisor)) * 3) + channel];
            means[i] = (byte)Math.Round((double)sum / (divisor * divisor));
        }

        return means;
    }

    private static byte[] WithoutSegments(byte[] file, byte marker)
    {
        List<byte> kept = [.. file[..2]];
        int at = 2;
        // Behind SOS comes no segment any more.
        while (file[at + 1] != 0xDA)
        {
            int length = 2 + ((file[at + 2] << 8) | file[at + 3]);
            if (file[at + 1] != marker)
                kept.AddRange(file.AsSpan(at, length));
            at += length;
        }

        return [.. kept, .. file[at..]];
    }

    private static void AssertNear(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, int tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"byte {i}: {expected[i]} and {actual[i]}");
    }
}
