namespace EdgeConv.Kernels.Tests.Support;

/// <summary>
/// How many sizes the exhaustive tests try. <c>EDGECONV_TEST_GRID=small</c> keeps those near the edges of
/// vectors and tiles, for runs under emulation.
/// </summary>
internal static class Grid
{
    private static readonly int[] Edges = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 17, 24, 25, 31, 47, 70];

    private static readonly bool IsSmall =
        Environment.GetEnvironmentVariable("EDGECONV_TEST_GRID") == "small";

    /// <summary>1 to <paramref name="greatest"/>, or of the small grid those that matter.</summary>
    public static IEnumerable<int> Sizes(int greatest) => IsSmall
        ? Edges.Where(size => size <= greatest)
        : Enumerable.Range(1, greatest);

    /// <summary><paramref name="all"/>, or of the small grid every <paramref name="step"/>-th.</summary>
    public static IEnumerable<T> Sparse<T>(IEnumerable<T> all, int step) =>
        IsSmall ? all.Where((_, index) => index % step == 0) : all;
}
