using EdgeConv.Evidence.Cache;
using EdgeConv.Evidence.Support;
using Xunit;

namespace EdgeConv.Evidence;

/// <summary>
/// Lines that an inference of MobileNetV2-224 brings in from memory on a simulated Raspberry Pi 4, weights
/// included, with blocks fused and layer by layer.
/// </summary>
[Collection(Figures.Name)]
public sealed class CacheMissTest
{
    // Fused ÷ layer by layer, not to be exceeded.
    private const double Bar = 0.55;

    private static readonly (string Name, string Value)[] LayerByLayer = [("EDGECONV_FUSION", "off")];

    public static bool HasNetwork => CacheModel.IsAvailable && Published.HasMobileNetV2;

    [Fact(Skip = Published.NoMobileNetV2 + CacheModel.Absent, SkipUnless = nameof(HasNetwork))]
    public void Fused_blocks_bring_in_fewer_lines_from_memory()
    {
        string model = Published.MobileNetV2!;
        Misses fused = CacheModel.PerInference(model), layers = CacheModel.PerInference(model, LayerByLayer);
        double ratio = (double)fused.Last / layers.Last;
        Report report = new("cache-misses");
        report.Add($"Cache misses an inference of mobilenet_v2_224, on a simulated Raspberry Pi 4");
        Add(report, "layer by layer", layers);
        Add(report, "as planned", fused);
        report.Add($"{"ratio",-24} {ratio:F3} bar {Bar:F2}");
        report.Write();
        Assert.True(ratio <= Bar, $"{ratio:F3} of the lines of layer by layer, more than {Bar}");
    }

    private static void Add(Report report, string name, Misses misses) => report.Add(
        $"{name,-24} D1 {misses.Data1,10}  last level {misses.Last,10} = {misses.Megabytes:F1} MB");
}
