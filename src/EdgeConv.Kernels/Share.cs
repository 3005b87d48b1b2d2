namespace EdgeConv.Kernels;

/// <summary>One of several parts of some work.</summary>
/// <param name="Index">Which, from 0 on.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct Share(int Index, int Count)
{
    /// <summary>The only part: all of it.</summary>
    public static Share All => new(0, 1);

    /// <summary>Whether the part of an image of so many pixels is too small to read all weights for it.</summary>
    internal bool HasFewPixels(long pixels) => pixels / Count < 96;

    /// <summary>
    /// This part of 0..<paramref name="total"/>, cut at multiples of <paramref name="unit"/> as evenly as
    /// they allow.
    /// </summary>
    public (int Start, int End) Cut(int total, int unit)
    {
        long units = (total + unit - 1L) / unit;
        long start = units * Index / Count * unit;
        long end = units * (Index + 1L) / Count * unit;
        return ((int)Math.Min(start, total), (int)Math.Min(end, total));
    }
}
