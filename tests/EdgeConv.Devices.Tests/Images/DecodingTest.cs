using EdgeConv.Devices.Tests.Support;
using SkiaSharp;

namespace EdgeConv.Devices.Tests.Images;

public sealed class DecodingTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_gray_png_fills_all_three_colours(int depth)
    {
        int most = (1 << depth) - 1;
        int[] samples = [0, most, most / 2, 1, most, 0, 1, most / 2];
        byte[] row = Packed(samples, depth);
        byte[] pixels = Pictures.Decode(PngFile.Make(8, PngFile.Gray, (byte)depth, [row, row]), 8, 2);
        byte[] expected = [.. samples.SelectMany(s => Enumerable.Repeat((byte)(s * 255 / most), 3))];
        Assert.Equal([.. expected, .. expected], pixels);
    }

    [Fact]
    public void A_colour_png_is_exact()
    {
        byte[][] rows = [[1, 2, 3, 250, 0, 255], [9, 8, 7, 128, 127, 126]];
        Assert.Equal(rows.SelectMany(row => row),
            Pictures.Decode(PngFile.Make(2, PngFile.Rgb, 8, rows), 2, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_palette_is_looked_up(int depth)
    {
        byte[] row = Packed([1, 0, 1], depth);
        byte[] pixels = Pictures.Decode(
            PngFile.Make(3, PngFile.Palette, (byte)depth, [row], [10, 20, 30, 200, 100, 50]), 3, 1);
        Assert.Equal([200, 100, 50, 10, 20, 30, 200, 100, 50], pixels);
    }

    [Fact]
    public void Transparency_is_dropped_and_colours_stay()
    {
        byte[] rgba = [200, 100, 50, 0, 20, 30, 40, 7, 1, 2, 3, 255];
        Assert.Equal([200, 100, 50, 20, 30, 40, 1, 2, 3],
            Pictures.Decode(PngFile.Make(3, PngFile.Rgba, 8, [rgba]), 3, 1));
        byte[] gray = [200, 0, 20, 7];
        Assert.Equal([200, 200, 200, 20, 20, 20],
            Pictures.Decode(PngFile.Make(2, PngFile.GrayAlpha, 8, [gray]), 2, 1));
        byte[] file = PngFile.Make(2, PngFile.Palette, 8, [[0, 1]], [10, 20, 30, 200, 100, 50], [0, 90]);
        Assert.Equal([10, 20, 30, 200, 100, 50], Pictures.Decode(file, 2, 1));
    }

    [Theory]
    [InlineData(PngFile.Gray, 1)]
    [InlineData(PngFile.Rgb, 3)]
    [InlineData(PngFile.GrayAlpha, 2)]
    [InlineData(PngFile.Rgba, 4)]
    public void Sixteen_bit_samples_lose_their_lower_half(byte colour, int samples)
    {
        byte[] high = [0, 1, 128, 200, 254, 255];
        byte[] row = [.. high.SelectMany(h =>
            Enumerable.Repeat((byte[])[h, 0x40], samples).SelectMany(b => b))];
        byte[] pixels = Pictures.Decode(PngFile.Make(6, colour, 16, [row]), 6, 1);
        for (int i = 0; i < pixels.Length; i++)
            Assert.InRange(pixels[i] - high[i / 3], -1, 1);
    }

    [Theory]
    [InlineData("gradient-baseline.jpg", 4)]
    [InlineData("gradient-progressive.jpg", 4)]
    [InlineData("gradient-cmyk.jpg", 6)]
    public void A_jpeg_is_near_what_was_encoded(string name, int tolerance)
    {
        byte[] pixels = Pictures.Decode(Pictures.Recorded(name), 40, 24);
        for (int i = 0; i < 40 * 24; i++)
        {
            int[] expected = [i % 40 * 6, i / 40 * 10, 255 - (i % 40 * 6)];
            for (int c = 0; c < 3; c++)
                Assert.InRange(pixels[(i * 3) + c] - expected[c], -tolerance, tolerance);
        }
    }

    [Fact]
    public void A_gray_jpeg_is_the_luminance_that_was_encoded()
    {
        byte[] pixels = Pictures.Decode(Pictures.Recorded("gradient-gray.jpg"), 40, 24);
        for (int i = 0; i < 40 * 24; i++)
        {
            (int red, int green) = (i % 40 * 6, i / 40 * 10);
            double luminance = (0.299 * red) + (0.587 * green) + (0.114 * (255 - red));
            Assert.InRange(pixels[i * 3] - luminance, -3, 3);
            Assert.True(pixels[i * 3] == pixels[(i * 3) + 1] && pixels[i * 3] == pixels[(i * 3) + 2]);
        }
    }

    // What the stored picture's first row and first column show, from table 4 of the EXIF standard.
    [Theory]
    [InlineData(0, "top", "left")]
    [InlineData(1, "top", "left")]
    [InlineData(2, "top", "right")]
    [InlineData(3, "bottom", "right")]
    [InlineData(4, "bottom", "left")]
    [InlineData(5, "left", "top")]
    [InlineData(6, "right", "top")]
    [InlineData(7, "right", "bottom")]
    [InlineData(8, "left", "bottom")]
    [InlineData(9, "top", "left")]
    public void A_stored_picture_is_turned_upright(byte orientation, string firstRow, string firstColumn)
    {
        const int width = 48, height = 32;
        bool isTurned = firstRow is "left" or "right";
        (int storedWidth, int storedHeight) = isTurned ? (height, width) : (width, height);
        byte[] jpeg = Pictures.Jpeg(storedWidth, storedHeight, (x, y) =>
        {
            (int column, int row) = (0, 0);
            foreach ((string side, int distance) in ((string, int)[])[(firstRow, y), (firstColumn, x)])
            {
                column = side switch { "left" => distance, "right" => width - 1 - distance, _ => column };
                row = side switch { "top" => distance, "bottom" => height - 1 - distance, _ => row };
            }

            return Blocks(column, row);
        });
        byte[] pixels = Pictures.Decode(Pictures.WithOrientation(jpeg, orientation), width, height);
        for (int row = 8; row < height; row += 16)
        {
            for (int column = 8; column < width; column += 16)
            {
                SKColor expected = Blocks(column, row);
                int at = ((row * width) + column) * 3;
                Assert.InRange(pixels[at] - expected.Red, -6, 6);
                Assert.InRange(pixels[at + 1] - expected.Green, -6, 6);
            }
        }
    }

    // Six blocks of 16 x 16 pixels, all different.
    private static SKColor Blocks(int column, int row) =>
        new((byte)(40 + (column / 16 * 80)), (byte)(60 + (row / 16 * 120)), 128);

    private static byte[] Packed(int[] samples, int depth)
    {
        byte[] row = new byte[((samples.Length * depth) + 7) / 8];
        for (int i = 0; i < samples.Length; i++)
            row[i * depth / 8] |= (byte)(samples[i] << (8 - depth - (i * depth % 8)));
        return row;
    }
}
