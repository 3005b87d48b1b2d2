namespace EdgeConv.Kernels;

/// <summary>Part <paramref name="Index"/>, from 0 on, of <paramref name="Count"/> parts of some work.</summary>
internal readonly record struct Share(int Index, int Count)
{
    /// <summary>
    /// This part of 0..<paramref name="total"/>, cut at multiples of <paramref name="unit"/> as evenly as they
    /// allow.
    /// </summary>
    public (int Start, int End) Cut(int total, int unit)
    {
        long units = (total + unit - 1L) / unit;
        long start = units * Index / Count * unit;
        long end = units * (Index + 1L) / Count * unit;
        return ((int)Math.Min(start, total), (int)Math.Min(end, total));
    }
}
