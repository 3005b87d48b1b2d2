using EdgeConv.Evidence.Cache;
using EdgeConv.Evidence.Support;
using Xunit;

namespace EdgeConv.Evidence;

/// <summary>
/// Lines that an inference of MobileNetV2-224 brings in from memory on a simulated Raspberry Pi 4, weights included, with
/// blocks fused and layer by layer.
/// </summary>
[Collection(Figures.Name)]
public sealed class CacheMissTest
{
    // Fused ÷ layer by layer: wanted, and not to be exceeded.
    private const double Bar = 0.55;
    private const double Held = 1.03;

    private static readonly (string Name, string Value)[] LayerByLayer = [("EDGECONV_FUSION", "off")];

    public static bool HasNetwork => CacheModel.IsAvailable && Published.Network("mobilenet_v2_224") is not null;

    [Fact(Skip = "mobilenet_v2_224 (EDGECONV_NETWORKS, made by ./build.sh bench), or: " + CacheModel.Absent, SkipUnless = nameof(HasNetwork))]
    public void Fused_blocks_bring_in_fewer_lines_from_memory()
    {
        string model = Published.Network("mobilenet_v2_224")!;
        Misses fused = CacheModel.PerInference(model), layers = CacheModel.PerInference(model, LayerByLayer);
        double ratio = (double)fused.Last / layers.Last;
        Report report = new("cache-misses");
        report.Add($"Cache misses an inference of mobilenet_v2_224, cachegrind as a Raspberry Pi 4 (32 KiB D1, 1 MiB last level)");
        report.Add($"{"layer by layer",-24} D1 {layers.Data1,10}  last level {layers.Last,10} = {layers.Last * Misses.Line / 1e6:F1} MB");
        report.Add($"{"as planned",-24} D1 {fused.Data1,10}  last level {fused.Last,10} = {fused.Last * Misses.Line / 1e6:F1} MB");
        report.Add($"{"ratio",-24} {ratio:F3} bar {Bar:F2}");
        report.Write();
        Assert.True(ratio <= Held, $"{ratio:F3} of the lines of layer by layer, more than {Held}");
    }
}
