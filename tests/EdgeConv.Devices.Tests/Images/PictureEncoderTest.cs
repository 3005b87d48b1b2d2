using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Images;

public sealed class PictureEncoderTest
{
    private const int Width = 33, Height = 21;
    private readonly PictureEncoder _encoder = new();

    [Fact]
    public void A_png_decodes_to_the_same_pixels()
    {
        byte[] decoded = Pictures.Decode(_encoder.EncodePng(Pixels(), Width, Height), Width, Height);
        Assert.Equal(Colours(), decoded);
    }

    [Fact]
    public void A_jpeg_decodes_to_nearly_the_same_pixels_and_less_quality_is_smaller()
    {
        byte[] good = _encoder.EncodeJpeg(Pixels(), Width, Height, 95);
        byte[] bad = _encoder.EncodeJpeg(Pixels(), Width, Height, 20);
        Assert.True(bad.Length < good.Length, $"{bad.Length} bytes, {good.Length} at the better quality");
        double error = Colours().Zip(Pictures.Decode(good, Width, Height), (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(error, 0, 4);
    }

    [Fact]
    public void Pixels_of_another_size_are_refused() =>
        Assert.Throws<ArgumentException>(() => _encoder.EncodePng(Pixels(), Width, Height + 1));

    // A smooth gradient in each colour, the fourth byte without meaning.
    private static byte[] Pixels() => [.. Enumerable.Range(0, Width * Height).SelectMany(i =>
        (byte[])[(byte)(i % Width * 7), (byte)(i / Width * 12), (byte)(255 - (i % Width * 7)), 99])];

    private static byte[] Colours() => [.. Pixels().Where((_, i) => i % 4 != 3)];
}
