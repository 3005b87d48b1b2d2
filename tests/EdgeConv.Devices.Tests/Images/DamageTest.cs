using System.Buffers.Binary;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;
using SkiaSharp;

namespace EdgeConv.Devices.Tests.Images;

public sealed class DamageTest
{
    [Theory]
    [InlineData("png")]
    [InlineData("gradient-baseline.jpg")]
    [InlineData("gradient-progressive.jpg")]
    public void A_truncated_picture_is_a_data_error_or_whole(string name)
    {
        byte[] whole = name == "png" ? SmallPng() : Pictures.Recorded(name);
        using Frame frame = Decode(whole);
        byte[] pixels = frame.Pixels.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                using Frame cut = Decode(whole[..length]);
                // What follows the pixels in a PNG: end of the stream, two check sums, IEND.
                Assert.True(length >= whole.Length - 24, $"{length} of {whole.Length} bytes gave a picture");
                Assert.Equal(pixels, cut.Pixels.ToArray());
            }
            catch (DataError error)
            {
                Assert.Equal("door.png", error.Place);
            }
        }
    }

    [Theory]
    [InlineData("png", 0.5, "ends early")]
    [InlineData("gradient-baseline.jpg", 0.8, "ends early")]
    [InlineData("png", 0.1, "ends early or is damaged")]
    [InlineData("gradient-baseline.jpg", 0.01, "ends early or is damaged")]
    public void A_picture_that_ends_early_is_not_said_to_be_none(string name, double share, string expected)
    {
        byte[] whole = name == "png" ? SmallPng() : Pictures.Recorded(name);
        DataError error = Assert.Throws<DataError>(() => Decode(whole[..(int)(whole.Length * share)]));
        Assert.StartsWith(expected, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_png_whose_check_sum_is_wrong_is_damaged()
    {
        byte[] file = SmallPng();
        int data = file.AsSpan().IndexOf("IDAT"u8);
        int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(data - 4));
        file[data + 4 + length] ^= 0xFF;
        Assert.StartsWith("is damaged", Assert.Throws<DataError>(() => Decode(file)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_png_that_announces_too_many_pixels_is_refused_before_memory_is_taken()
    {
        (int, int)[] sizes = [(60000, 60000), (int.MaxValue, 1), (int.MaxValue, int.MaxValue), (0, 5)];
        foreach ((int width, int height) in sizes)
            AssertRefusedCheaply(PngFile.Announce(width, height));
    }

    [Fact]
    public void A_jpeg_that_announces_too_many_pixels_is_refused_before_memory_is_taken()
    {
        byte[] file = Pictures.Recorded("gradient-baseline.jpg");
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 60000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 60000);
        AssertRefusedCheaply(file);
        Assert.Contains("60000 x 60000", Assert.Throws<DataError>(() => Decode(file)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Other_kinds_of_picture_are_refused_by_name()
    {
        byte[] gif = Convert.FromBase64String("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==");
        byte[] bmp = Convert.FromHexString(
            "424D3A0000000000000036000000280000000100000001000000010018000000" +
            "00000400000000000000000000000000000000000000FFFFFF00");
        byte[] webp = Pictures.Encode(SKEncodedImageFormat.Webp, 4, 4, (_, _) => SKColors.Red);
        (string, byte[])[] pictures = [("Gif", gif), ("Bmp", bmp), ("Webp", webp)];
        foreach ((string name, byte[] file) in pictures)
        {
            Assert.Equal($"door.png: is a {name} picture; JPEG or PNG is needed",
                Assert.Throws<DataError>(() => Decode(file)).Message);
        }
    }

    [Fact]
    public void Random_bytes_are_no_picture()
    {
        Random random = new(11);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            Assert.Throws<DataError>(() => Decode(bytes));
            byte[] withMagic = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. bytes];
            Assert.Throws<DataError>(() => Decode(withMagic));
            withMagic = [0xFF, 0xD8, 0xFF, .. bytes];
            Assert.Throws<DataError>(() => Decode(withMagic));
        }
    }

    internal static byte[] SmallPng() => PngFile.Make(16, PngFile.Rgb, 8,
        [.. Enumerable.Range(0, 12).Select(y =>
            Enumerable.Range(0, 48).Select(x => (byte)((x * 5) + (y * y))).ToArray())]);

    internal static Frame Decode(byte[] file) => ImageDecoder.Decode("door.png", file, default);

    private static void AssertRefusedCheaply(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataError>(() => Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }
}
