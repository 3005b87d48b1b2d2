using EdgeConv.Core;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Tests.Preprocessing.Support;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Pictures;

public class FrameCopyTest
{
    private readonly FrameCopy _copy = new();

    [Fact]
    public void A_large_frame_is_thinned_to_its_nearest_pixels()
    {
        byte[] rgb = new byte[2560 * 4 * 3];
        for (int x = 0; x < 2560; x++)
        {
            for (int y = 0; y < 4; y++)
                rgb[((y * 2560) + x) * 3] = (byte)(x / 10);
        }

        using Frame frame = Samples.Frame(2560, 4, rgb);
        _copy.Take(frame);
        Assert.Equal((1280, 2), (_copy.Frame.Width, _copy.Frame.Height));
        for (int x = 0; x < 1280; x++)
            Assert.Equal((byte)(x / 5), _copy.Frame.Pixels.Span[(1280 + x) * 3]);
    }

    [Theory]
    [InlineData(PixelFormat.Yuyv)]
    [InlineData(PixelFormat.Uyvy)]
    [InlineData(PixelFormat.Nv12)]
    [InlineData(PixelFormat.Yuv420)]
    [InlineData(PixelFormat.Yuv422)]
    public void A_large_frame_of_a_camera_keeps_its_colours_where_they_are(PixelFormat format)
    {
        using Frame frame = CameraFrames.Made(
            format, (2560, 8), (x, y) => (x / 10, x / 16, 255 - (x / 16)), padding: 6, ColorCoding.Bt709);
        _copy.Take(frame);
        Assert.Equal((1280, 4, ColorCoding.Bt709), (_copy.Frame.Width, _copy.Frame.Height, _copy.Frame.Coding));
        ReadOnlySpan<byte> bytes = _copy.Frame.Pixels.Span;
        for (int i = 0; i < 1280 * 4; i++)
        {
            (int luma, int u, int v) = CameraFrames.Places(_copy.Frame, i % 1280, i / 1280);
            Assert.InRange(bytes[luma], (i % 1280 / 5) - 1, (i % 1280 / 5) + 1);
            Assert.Equal(i % 1280 / 8, bytes[u]);
            Assert.Equal(255 - (i % 1280 / 8), bytes[v]);
        }
    }

    [Fact]
    public void A_frame_of_another_size_or_format_takes_the_place_of_the_one_before()
    {
        foreach ((int width, PixelFormat format) in ((int, PixelFormat)[])[
            (64, PixelFormat.Rgb24), (16, PixelFormat.Gray8), (64, PixelFormat.Yuyv), (32, PixelFormat.Rgb24)])
        {
            byte[] pixels = new byte[PixelFormats.RowBytes(format, width) * 4];
            new Random(width).NextBytes(pixels);
            using Frame frame = Samples.Frame(width, 4, pixels, format);
            _copy.Take(frame);
            Assert.Equal((width, 4, format), (_copy.Frame.Width, _copy.Frame.Height, _copy.Frame.Format));
            Assert.Equal(pixels, _copy.Frame.Pixels.Span[..pixels.Length]);
        }

        _copy.TakeRgb(5, 3).Fill(9);
        Assert.Equal((5, 3, PixelFormat.Rgb24), (_copy.Frame.Width, _copy.Frame.Height, _copy.Frame.Format));
        Assert.Equal(9, _copy.Frame.Pixels.Span[^1]);
    }
}
