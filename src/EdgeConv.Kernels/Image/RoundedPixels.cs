using System.Runtime.Intrinsics;

namespace EdgeConv.Kernels.Image;

/// <summary>
/// A row of values on the 0..255 scale as bytes: the nearest, halves upwards, as Pillow rounds what it has
/// resized.
/// </summary>
public static class RoundedPixels
{
    private const float Greatest = 255;
    private const float Half = 0.5f;

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
}
