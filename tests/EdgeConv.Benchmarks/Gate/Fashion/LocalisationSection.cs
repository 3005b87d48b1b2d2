using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating.Maps;
using static System.FormattableString;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>
/// How well position maps of each 1x1 layer of fashion-m find a patch that was pasted over a test picture.
/// </summary>
internal static class LocalisationSection
{
    private const string Model = "fashion-m";

    /// <summary>The section; null where the pictures are not there.</summary>
    public static GateSection? Measure(GateData data)
    {
        if (!File.Exists(PatchedPictures.PathIn(data)))
        {
            Console.Error.WriteLine("the pictures of Fashion-MNIST are not there; ./build.sh demo restores them");
            return null;
        }

        string model = Path.Combine(data.Models, "fashion", Model + ".onnx");
        PointwiseLayer[] layers = [.. ModelInspection.PointwiseLayers(model).Where(layer => !layer.IsHead)];
        string chosen = MapSelection.Of(model, layers);
        IdxFile pictures = IdxFile.Read(PatchedPictures.PathIn(data));
        List<string> lines = [.. Introduction];
        foreach (PointwiseLayer layer in layers.Where(layer => layer is { Positions: > 1, IsSeparable: true }))
        {
            foreach (MapMode mode in Enum.GetValues<MapMode>())
            {
                MapTrial trial = MapTrial.Run(data, model, (layer.Output, mode), pictures);
                lines.Add(Row(layer, trial, layer.Output == chosen && mode == MapMode.Cholesky));
            }
        }

        return new GateSection("Where a picture is odd", lines);
    }

    private static IReadOnlyList<string> Introduction { get; } =
    [
        $"Position maps of {Model} at each 1x1 convolution behind a depthwise one, fitted to",
        $"{PatchedPictures.FitCount} test pictures of Fashion-MNIST at alpha 0.05. Over {PatchedPictures.Count} others a "
        + $"patch of {PatchedPictures.Side}x{PatchedPictures.Side} of",
        "their 28x28 pixels was pasted at a random place: noise, the picture's own pixels inverted, or those of the same",
        "place of another picture. *Points* is the share of pictures whose oddest position lies in the patch (the",
        "pointing game; by chance 8 %); *clean* the share with a position above the threshold before, *found* the share",
        "after the patch; *centre* the share of all whose box holds the patch's centre, *by chance* what boxes of these",
        "sizes at random places would; *IoU* the mean over all, 0 without a box. In bold what `edgeconv fit --map` takes.",
        "",
        "| layer | grid | mode | MB | clean | patch | points | found | centre | by chance | IoU |",
        "| --- | --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ];

    private static string Row(PointwiseLayer layer, MapTrial trial, bool isChosen)
    {
        string name = isChosen ? $"**{layer.Output}**" : layer.Output;
        string head = Invariant(
            $"| {name} | {layer.Height}x{layer.Width} | {MapModes.NameOf(trial.Map.Mode)} | {trial.Map.Bytes / 1e6:0.00} ")
            + Invariant($"| {trial.CleanShare:P1} ");
        return string.Join('\n', trial.Patches.Select((patch, i) =>
            (i == 0 ? head : "| | | | | ") + Invariant($"| {patch.Kind} | {patch.Points:P1} | {patch.Found:P1} | {patch.Centre:P1} ")
            + Invariant($"| {patch.Chance:P1} | {patch.MeanOverlap:0.00} |")));
    }
}
