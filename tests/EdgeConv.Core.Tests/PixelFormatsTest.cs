using Xunit;

namespace EdgeConv.Core.Tests;

public sealed class PixelFormatsTest
{
    [Theory]
    [InlineData(PixelFormat.Gray8, 640, 480, 640, 307_200)]
    [InlineData(PixelFormat.Rgb24, 640, 480, 1920, 921_600)]
    [InlineData(PixelFormat.Yuyv, 640, 480, 1280, 614_400)]
    [InlineData(PixelFormat.Uyvy, 640, 480, 1280, 614_400)]
    [InlineData(PixelFormat.Nv12, 640, 480, 640, 460_800)]
    [InlineData(PixelFormat.Nv21, 640, 480, 640, 460_800)]
    [InlineData(PixelFormat.Yuv420, 640, 480, 640, 460_800)]
    [InlineData(PixelFormat.Yuv422, 640, 480, 640, 614_400)]
    [InlineData(PixelFormat.Yuyv, 5, 3, 12, 36)]
    [InlineData(PixelFormat.Nv12, 5, 3, 6, 30)]
    [InlineData(PixelFormat.Yuv420, 5, 3, 6, 30)]
    [InlineData(PixelFormat.Yuv422, 5, 3, 6, 36)]
    public void Rows_and_frames_have_as_many_bytes_as_their_planes(
        PixelFormat format, int width, int height, int row, long frame)
    {
        Assert.Equal(row, PixelFormats.RowBytes(format, width));
        Assert.Equal(frame, PixelFormats.FrameBytes(format, row, height));
    }

    [Theory]
    [InlineData(PixelFormat.Gray8, 10, 4, 16, (3 * 16) + 10)]
    [InlineData(PixelFormat.Yuyv, 10, 4, 32, (3 * 32) + 20)]
    [InlineData(PixelFormat.Nv12, 10, 4, 16, (5 * 16) + 10)]
    [InlineData(PixelFormat.Nv12, 10, 5, 16, (7 * 16) + 10)]
    [InlineData(PixelFormat.Yuv420, 10, 4, 16, (4 * 16) + (3 * 8) + 5)]
    [InlineData(PixelFormat.Yuv422, 10, 4, 16, (4 * 16) + (7 * 8) + 5)]
    public void What_pads_the_last_row_need_not_be_there(
        PixelFormat format, int width, int height, int stride, long bytes) =>
        Assert.Equal(bytes, PixelFormats.UsedBytes(format, width, height, stride));

    [Fact]
    public void The_chroma_of_nv12_begins_behind_the_last_row_of_luma()
    {
        ReadOnlySpan<PixelPlane> planes = PixelFormats.PlanesOf(PixelFormat.Nv12);
        Assert.Equal(2, planes.Length);
        Assert.Equal(64 * 48, planes[0].Stride(64) * planes[0].Rows(48));
        Assert.Equal((64, 24), (planes[1].Stride(64), planes[1].Rows(48)));
        Assert.Equal((30, 60), (planes[1].Units(60), planes[1].RowBytes(60)));
    }
}
