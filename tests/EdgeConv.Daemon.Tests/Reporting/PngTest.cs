using EdgeConv.Core;
using EdgeConv.Daemon.Reporting;
using EdgeConv.Devices;
using Xunit;

namespace EdgeConv.Daemon.Tests.Reporting;

public sealed class PngTest
{
    [Theory]
    [InlineData(7, 5, 1)]
    [InlineData(3, 4, 3)]
    [InlineData(1, 1, 1)]
    public async Task What_is_written_is_read_back_by_the_decoder_of_our_sources(int width, int height, int channels)
    {
        byte[] pixels = new byte[width * height * channels];
        new Random(1).NextBytes(pixels);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        try
        {
            await File.WriteAllBytesAsync(path, Png.Encode(pixels, width, channels), TestContext.Current.CancellationToken);
            SourceOptions options = new() { Kind = SourceKind.Images, Path = path, RealTime = false };
            await using ISource source = SourceFactory.Create(options, null, TimeProvider.System);
            using Frame frame = Assert.IsType<Frame>(await source.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Equal((width, height), (frame.Width, frame.Height));
            for (int i = 0; i < width * height; i++)
            {
                for (int c = 0; c < channels; c++)
                    Assert.Equal(pixels[i * channels + c], ValueAt(frame, i % width, i / width, c));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte ValueAt(Frame frame, int column, int row, int channel)
    {
        int bytes = PixelFormats.RowBytes(frame.Format, 1);
        return frame.Pixels.Span[row * frame.Stride + column * bytes + (bytes == 1 ? 0 : channel)];
    }
}
