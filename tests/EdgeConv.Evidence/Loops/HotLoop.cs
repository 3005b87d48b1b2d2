namespace EdgeConv.Evidence.Loops;

/// <summary>Multiply-adds a cycle on the two cores.</summary>
/// <param name="A72">Cortex-A72 (Raspberry Pi 4); at most 4.</param>
/// <param name="N1">Neoverse N1, for Cortex-A76 (Raspberry Pi 5); at most 8.</param>
internal readonly record struct Rate(double A72, double N1)
{
    /// <summary>Whether it is less on either core.</summary>
    public bool IsBelow(Rate other) => A72 < other.A72 || N1 < other.N1;
}

/// <summary>A loop that an inference spends its time in, and what it must reach.</summary>
/// <param name="Name">What it computes.</param>
/// <param name="Symbol">Pattern of the function's name.</param>
/// <param name="InnerPasses">
/// Passes of the loops inside the one that is taken, the innermost first; none for the innermost loop alone.
/// </param>
/// <param name="Held">What it may not fall below.</param>
/// <param name="Bar">What is wanted; null where nothing is.</param>
internal sealed record HotLoop(string Name, string Symbol, int[] InnerPasses, Rate Held, Rate? Bar = null)
{
    private static readonly Rate Pointwise = new(3.9, 7.8);
    private static readonly Rate Depthwise = new(3.5, 6.0);

    /// <summary>
    /// The loops of convolutions. Depthwise passes are whole tiles: weights and bias loaded, nine or 25 taps,
    /// the clamp, the stores; each fmin and fmax takes the place of a multiply-add, so that with both at most
    /// 3.27 on A72 are left.
    /// </summary>
    public static IReadOnlyList<HotLoop> All { get; } =
    [
        new("pointwise 6x16", "Whole6x16Neon__Run$", [], Pointwise, Pointwise),
        new("pointwise 8x8", "Tile8x8Neon__Tile8x8$", [], Pointwise, Pointwise),
        new("pointwise 4x8", "Tile8x8Neon__Tile4x8$", [], Pointwise, Pointwise),
        new("pointwise 8x4", "Tile8x8Neon__Tile8x4$", [], Pointwise, Pointwise),
        new("pointwise 1x8", "Tile8x8Neon__Tile1x8$", [], new(3.1, 6.9)),
        new("depthwise 3x3 s1, 2x7, no clamp", Pair("Tile7", "Identity"), [], Depthwise, Depthwise),
        new("depthwise 3x3 s1, 2x4, no clamp", Pair("Tile4", "Identity"), [], Depthwise, Depthwise),
        new("depthwise 3x3 s1, 2x7, ReLU", Pair("Tile7", "LowerBound"), [], new(3.4, 5.8), Depthwise),
        new("depthwise 3x3 s1, 2x4, ReLU", Pair("Tile4", "LowerBound"), [], new(3.5, 5.8), Depthwise),
        new("depthwise 3x3 s1, 2x7, ReLU6", Pair("Tile7", "Clamp"), [], new(3.1, 5.4), Depthwise),
        new("depthwise 3x3 s1, 2x4, ReLU6", Pair("Tile4", "Clamp"), [], new(3.2, 5.4), Depthwise),
        new("depthwise 3x3 s2, 1x7, no clamp", Stride2("Tile7", "Identity"), [], new(3.2, 4.8)),
        new("depthwise 3x3 s2, 1x4, no clamp", Stride2("Tile4", "Identity"), [], new(2.9, 4.1)),
        new("depthwise 3x3 s2, 1x7, ReLU6", Stride2("Tile7", "Clamp"), [], new(2.8, 4.7)),
        new("depthwise 3x3 s2, 1x4, ReLU6", Stride2("Tile4", "Clamp"), [], new(2.6, 3.8)),
        new("depthwise 3 taps s1, 1x7", Single("DepthwiseThree", "Stride1Tile7"), [3], new(2.8, 4.7)),
        new("depthwise 3 taps s1, 1x4", Single("DepthwiseThree", "Stride1Tile4"), [3], new(2.3, 3.7)),
        new("depthwise 3 taps s2, 1x4", Single("DepthwiseThree", "Stride2Tile4"), [3], new(2.1, 3.5)),
        new("depthwise 3 taps s2, 1x7", Single("DepthwiseThree", "Stride2Tile7"), [3], new(2.4, 4.1)),
        new("depthwise 5x5 s1, 1x7", Single("DepthwiseFive", "Stride1Tile7"), [5], new(3.6, 5.9)),
        new("depthwise 5x5 s1, 1x4", Single("DepthwiseFive", "Stride1Tile4"), [5], new(3.3, 3.9)),
        new("depthwise 5x5 s2, 1x7", Single("DepthwiseFive", "Stride2Tile7"), [5], new(3.5, 5.5)),
        new("depthwise 5x5 s2, 1x4", Single("DepthwiseFive", "Stride2Tile4"), [5], new(3.0, 3.8)),
        new("depthwise, any taps, 1x8", Single("DepthwiseTaps", "Tile8x1"), [5, 5], new(2.5, 4.3)),
        new("first convolution, 3 taps s2, 8x8", "WholePlanarNeon__Run$", [], new(3.7, 7.0)),
        new("first convolution, 3 taps, 6x2", Single("WholePlanarTile", "Wide"), [], new(3.1, 5.3)),
        new("first convolution, 3 taps, 12x1", Single("WholePlanarTile", "Narrow"), [], new(2.6, 3.9)),
        new("first convolution, planes, 6x2", Single("_PlanarTile", "Tile6x2"), [], new(3.1, 5.2)),
        new("first convolution, planes, 6x1", Single("_PlanarTile", "Tile6x1"), [], new(2.6, 3.9)),
    ];

    private static string Pair(string tile, string bound) =>
        $"DepthwisePair_2<.*NeonLanes.*__{tile}<.*{bound}";

    private static string Stride2(string tile, string bound) =>
        $"DepthwiseStride2_2<.*NeonLanes.*__{tile}<.*{bound}";

    private static string Single(string type, string method) => $"{type}_2<.*NeonLanes.*>>__{method}$";
}
