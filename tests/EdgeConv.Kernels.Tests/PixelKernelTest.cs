using EdgeConv.Core;
using EdgeConv.Kernels.Pixels;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed unsafe class PixelKernelTest : IDisposable
{
    private const float Untouched = 12345.5f;
    private const int PlaneGap = 5;

    private readonly GuardedMemory _pixels = new(1 << 12);
    private readonly GuardedMemory _floats = new(1 << 14);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Rows_of_every_small_width_match_the_formula(KernelSet set)
    {
        foreach (int width in Grid.Sizes(120))
        {
            foreach (int channels in (int[])[1, 3])
            {
                foreach (bool isPlanar in (bool[])[true, false])
                {
                    PixelInput input = new()
                    {
                        Mean = channels == 3 ? [123.675f, 116.28f, 103.53f] : [33.3f],
                        Scale = channels == 3 ? [1 / 58.395f, 1 / 57.12f, 1 / 57.375f] : [1 / 78.6f],
                    };
                    Require(set, input, channels, isPlanar, width, atStart: false);
                    Require(set, input with { IsReversed = true }, channels, isPlanar, width, atStart: true);
                    Require(set, new PixelInput { Mean = [7], Scale = [.3f] }, channels, isPlanar, width, atStart: true);
                }
            }
        }
    }

    [Fact]
    public void Constants_that_fit_no_picture_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new PixelRow(new PixelInput { Mean = [1, 2] }, 3, true));
        Assert.Throws<ArgumentException>(() => new PixelRow(new PixelInput { Scale = [float.NaN] }, 3, true));
        Assert.Throws<ArgumentException>(() => new PixelRow(new PixelInput(), 4, true));
    }

    public void Dispose()
    {
        _pixels.Dispose();
        _floats.Dispose();
    }

    private void Require(KernelSet set, PixelInput input, int channels, bool isPlanar, int width, bool atStart)
    {
        byte[] bytes = new byte[width * channels];
        new Random(width).NextBytes(bytes);
        PixelRow row = new(input, channels, isPlanar);
        int stride = row.IsPlanar ? width + PlaneGap : 0;
        int length = row.IsPlanar ? ((channels - 1) * stride) + width : width * channels;
        float[] expected = Expected(bytes, input, channels, row.IsPlanar ? stride : 0, length);
        byte* x = atStart ? _pixels.AtStart<byte>(bytes) : _pixels.AtEnd<byte>(bytes);
        float* y = atStart ? _floats.AtStart<float>(length) : _floats.AtEnd<float>(length);
        new Span<float>(y, length).Fill(Untouched);
        KernelTable.Pixels(set).Run(row, x, width, y, stride);
        if (!new ReadOnlySpan<float>(y, length).SequenceEqual(expected))
            Assert.Fail($"{KernelTable.Pixels(set).Name}: {width} x {channels}, planar {isPlanar}, {input}");
    }

    // A plane stride of 0 is for pixels side by side.
    private static float[] Expected(byte[] bytes, PixelInput input, int channels, int planeStride, int length)
    {
        float[] expected = new float[length];
        Array.Fill(expected, Untouched);
        for (int i = 0; i < bytes.Length; i++)
        {
            int x = i / channels, c = input.IsReversed ? channels - 1 - (i % channels) : i % channels;
            float mean = input.Mean[input.Mean.Count == 1 ? 0 : c], scale = input.Scale[input.Scale.Count == 1 ? 0 : c];
            expected[planeStride == 0 ? (x * channels) + c : (c * planeStride) + x] = (bytes[i] - mean) * scale;
        }

        return expected;
    }
}
