using System.Text;
using EdgeConv.Devices.Video.Streams;

namespace EdgeConv.Devices.Tests.Video.Streams;

public sealed class Y4mReaderTest
{
    [Fact]
    public void Pictures_follow_a_header_that_tells_their_size()
    {
        Y4mReader reader = Of("YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg XYSCSS=420JPEG\nFRAME\nabcdefghijklFRAME Ip\nmnopqrstuvwx");
        Y4mShape shape = reader.ReadHeader()!.Value;
        Assert.Equal((4, 2, PixelFormat.Yuv420, 4, 12), (shape.Width, shape.Height, shape.Format, shape.Stride, shape.Bytes));
        byte[] picture = new byte[shape.Bytes];
        Assert.True(reader.TryRead(picture));
        Assert.Equal("abcdefghijkl", Encoding.ASCII.GetString(picture));
        Assert.True(reader.TryRead(picture));
        Assert.Equal("mnopqrstuvwx", Encoding.ASCII.GetString(picture));
        Assert.False(reader.TryRead(picture));
    }

    [Fact]
    public void Gray_pictures_have_one_plane() =>
        Assert.Equal(8, Of("YUV4MPEG2 W4 H2 F1:1 Ip A0:0 Cmono\n").ReadHeader()!.Value.Bytes);

    [Fact]
    public void Nothing_is_the_end_and_so_is_half_a_picture()
    {
        Assert.Null(Of("").ReadHeader());
        Y4mReader reader = Of("YUV4MPEG2 W4 H2 C420\nFRAME\nabc");
        reader.ReadHeader();
        Assert.False(reader.TryRead(new byte[12]));
    }

    [Theory]
    [InlineData("RIFF W4 H2\n", "is no YUV4MPEG2")]
    [InlineData("YUV4MPEG2 W4\n", "has no H in 1..16384")]
    [InlineData("YUV4MPEG2 W99999 H2\n", "has no W in 1..16384")]
    [InlineData("YUV4MPEG2 W4 H2 C444\n", "has the colours C444; C420 or Cmono is needed")]
    public void Anything_else_is_named(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<InvalidDataException>(() => Of(text).ReadHeader()).Message);

    [Fact]
    public void A_picture_of_another_size_is_noticed_at_the_next()
    {
        Y4mReader reader = Of("YUV4MPEG2 W4 H2 C420\nFRAME\nabcdefghijklmnopFRAME\nabcdefghijkl");
        reader.ReadHeader();
        Assert.True(reader.TryRead(new byte[12]));
        Assert.Throws<InvalidDataException>(() => reader.TryRead(new byte[12]));
    }

    private static Y4mReader Of(string text) => new(new MemoryStream(Encoding.ASCII.GetBytes(text)));
}
