namespace EdgeConv.Kernels;

/// <summary>One of several parts of some work.</summary>
/// <param name="Index">Which, from 0 on.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct Share(int Index, int Count)
{
    /// <summary>The only part: all of it.</summary>
    public static Share All => new(0, 1);

    // Shares of a few pixels would stream all weights for little.
    private const int LeastPixels = 96;

    /// <summary>
    /// Whether an image of so many pixels is cut into some of its channels instead of some of its pixels: where
    /// those are few. Layers that follow one another then find in a core's cache what it has made.
    /// </summary>
    internal bool IsOfChannels(long pixels) => pixels / Count < LeastPixels;

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
