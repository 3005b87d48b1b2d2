namespace EdgeConv.Evidence.Boards;

/// <summary>A board as the model sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Core">llvm-mca's name of its core, or of the nearest it knows.</param>
/// <param name="Gigahertz">Clock of a core.</param>
/// <param name="GigabytesPerSecond">What its memory delivers, by published measurements.</param>
/// <param name="OtherInstructionsPerCycle">
/// Assumed of code that llvm-mca is not asked about, all that has no loop of multiply-adds.
/// </param>
/// <param name="Published">Measured by others, of MobileNetV2-224 in milliseconds.</param>
internal sealed record Board(
    string Name,
    string Core,
    double Gigahertz,
    double GigabytesPerSecond,
    double OtherInstructionsPerCycle,
    IReadOnlyList<string> Published)
{
    public static IReadOnlyList<Board> All { get; } =
    [
        new("Raspberry Pi 4", "cortex-a72", 1.8, 5.5, 1, [
            "ncnn fp32: 93.5 with 1 thread, 61.9 with 4 (ncnn benchmark/README.md)",
            "XNNPACK fp32: 41 (armhf), 46 (arm64) with 4 (XNNPACK README, 2022-02)",
        ]),
        new("Raspberry Pi 5", "neoverse-n1", 2.4, 11, 2, [
            "ncnn fp16: 16.4 with 1 thread, 10.5 with 4 (ncnn benchmark/README.md), out of reach for fp32",
        ]),
    ];
}
