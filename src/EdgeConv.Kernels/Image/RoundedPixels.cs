using System.Runtime.Intrinsics;

namespace EdgeConv.Kernels.Image;

/// <summary>
/// Rows of values on the 0..255 scale as whole numbers: the nearest, halves upwards, as Pillow rounds what it
/// has resized.
/// </summary>
public static class RoundedPixels
{
    private const float Greatest = 255;
    private const float Half = 0.5f;

    /// <summary>Planes as pixels of as many bytes, one or three.</summary>
    /// <param name="planes"><c>[C,W]</c>.</param>
    /// <param name="pixels"><c>[W,C]</c>.</param>
    /// <param name="channels">C, 1 or 3.</param>
    public static void Write(ReadOnlySpan<float> planes, Span<byte> pixels, int channels)
    {
        int width = planes.Length / channels;
        if (channels == 1)
            Write(planes, pixels);
        else
            Write(planes[..width], planes.Slice(width, width), planes.Slice(2 * width, width), pixels);
    }

    /// <summary>One plane as bytes.</summary>
    /// <param name="plane"><c>[W]</c>.</param>
    /// <param name="pixels"><c>[W]</c>.</param>
    public static void Write(ReadOnlySpan<float> plane, Span<byte> pixels)
    {
        int x = 0;
        for (; x <= plane.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
            Bytes(plane.Slice(x, Vector128<byte>.Count)).CopyTo(pixels[x..]);
        for (; x < plane.Length; x++)
            pixels[x] = ByteOf(plane[x]);
    }

    /// <summary>Three planes as pixels of three bytes, in the order given.</summary>
    /// <param name="first"><c>[W]</c>.</param>
    /// <param name="second"><c>[W]</c>.</param>
    /// <param name="third"><c>[W]</c>.</param>
    /// <param name="pixels"><c>[W,3]</c>.</param>
    public static void Write(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> third, Span<byte> pixels)
    {
        int x = 0, count = Vector128<byte>.Count;
        for (; x <= first.Length - count; x += count)
        {
            Interleave(
                Bytes(first.Slice(x, count)), Bytes(second.Slice(x, count)), Bytes(third.Slice(x, count)),
                pixels.Slice(3 * x, 3 * count));
        }

        for (; x < first.Length; x++)
        {
            pixels[3 * x] = ByteOf(first[x]);
            pixels[(3 * x) + 1] = ByteOf(second[x]);
            pixels[(3 * x) + 2] = ByteOf(third[x]);
        }
    }

    private static byte ByteOf(float value) => (byte)MathF.Max(0, MathF.Min(Greatest, MathF.Floor(value + Half)));

    // Sixteen values; what is added before the fraction is cut off rounds them.
    private static Vector128<byte> Bytes(ReadOnlySpan<float> values)
    {
        Vector128<ushort> low = Vector128.Narrow(Whole(values), Whole(values[4..]));
        Vector128<ushort> high = Vector128.Narrow(Whole(values[8..]), Whole(values[12..]));
        return Vector128.Narrow(low, high);
    }

    private static Vector128<uint> Whole(ReadOnlySpan<float> values)
    {
        Vector128<float> rounded = Vector128.Create(values) + Vector128.Create(Half);
        rounded = Vector128.Max(Vector128<float>.Zero, Vector128.Min(Vector128.Create(Greatest), rounded));
        return Vector128.ConvertToInt32Native(rounded).AsUInt32();
    }

    // aaaa bbbb cccc → abcabcabcabc; an index beyond 15 selects nothing.
    private static void Interleave(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Span<byte> pixels)
    {
        Vector128<byte> a0 = Vector128.Shuffle(
            a, Vector128.Create((byte)0, 99, 99, 1, 99, 99, 2, 99, 99, 3, 99, 99, 4, 99, 99, 5));
        Vector128<byte> b0 = Vector128.Shuffle(
            b, Vector128.Create((byte)99, 0, 99, 99, 1, 99, 99, 2, 99, 99, 3, 99, 99, 4, 99, 99));
        Vector128<byte> c0 = Vector128.Shuffle(
            c, Vector128.Create((byte)99, 99, 0, 99, 99, 1, 99, 99, 2, 99, 99, 3, 99, 99, 4, 99));
        Vector128<byte> a1 = Vector128.Shuffle(
            a, Vector128.Create((byte)99, 99, 6, 99, 99, 7, 99, 99, 8, 99, 99, 9, 99, 99, 10, 99));
        Vector128<byte> b1 = Vector128.Shuffle(
            b, Vector128.Create((byte)5, 99, 99, 6, 99, 99, 7, 99, 99, 8, 99, 99, 9, 99, 99, 10));
        Vector128<byte> c1 = Vector128.Shuffle(
            c, Vector128.Create((byte)99, 5, 99, 99, 6, 99, 99, 7, 99, 99, 8, 99, 99, 9, 99, 99));
        Vector128<byte> a2 = Vector128.Shuffle(
            a, Vector128.Create((byte)99, 11, 99, 99, 12, 99, 99, 13, 99, 99, 14, 99, 99, 15, 99, 99));
        Vector128<byte> b2 = Vector128.Shuffle(
            b, Vector128.Create((byte)99, 99, 11, 99, 99, 12, 99, 99, 13, 99, 99, 14, 99, 99, 15, 99));
        Vector128<byte> c2 = Vector128.Shuffle(
            c, Vector128.Create((byte)10, 99, 99, 11, 99, 99, 12, 99, 99, 13, 99, 99, 14, 99, 99, 15));
        (a0 | b0 | c0).CopyTo(pixels);
        (a1 | b1 | c1).CopyTo(pixels[16..]);
        (a2 | b2 | c2).CopyTo(pixels[32..]);
    }
}
