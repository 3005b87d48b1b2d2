using EdgeConv.Core;
using static System.FormattableString;

namespace EdgeConv.Benchmarks.Gate.Time;

/// <summary>What share of MobileNetV2's time at 224 × 224 the gate adds.</summary>
internal static class TimeSection
{
    private const string Network = "mobilenet_v2_224.onnx";
    private static readonly int[] Classes = [1, 10, 1000];

    /// <summary>Measures; null, with a word on standard error, when the network is not there.</summary>
    public static GateSection? Measure(GateData data)
    {
        string path = Path.Combine(data.Networks, Network);
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"{path} is not there: the gate's time is not measured");
            return null;
        }

        try
        {
            GatedNetwork[] gates =
            [
                .. Classes.Select(classes => new GatedNetwork(path, isDiagonal: false, classes)),
                new GatedNetwork(path, isDiagonal: true, classes: 1),
            ];
            return new GateSection("Time: MobileNetV2 224, one thread",
            [
                "Taps and verdict beside the network alone, in turns in one process: the median of the rounds' ratios",
                "less 1, and the interval from the first to the third quartile. Features d of each tap.",
                "",
                "| gate | classes | d | network ms | gate adds | quartiles | multiply-adds |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
                .. gates.Select(Row),
            ]);
        }
        catch (EdgeConvError problem)
        {
            Console.Error.WriteLine($"{problem.Message}: the gate's time is not measured");
            return null;
        }
    }

    private static string Row(GatedNetwork gate)
    {
        using (gate)
        {
            TurnTimes times = TurnTimes.Measure(gate.RunAlone, gate.RunGated);
            string name = gate.IsDiagonal ? "diagonal, last 1×1" : "default";
            return Invariant($"| {name} | {gate.Classes} | {gate.Features} | {times.Milliseconds:0.00} | ")
                + Invariant($"{times.Extra(0.5):0.0 %} | {times.Extra(0.25):0.0 %} to {times.Extra(0.75):0.0 %} | ")
                + Invariant($"{gate.MultiplyAddShare:0.00 %} |");
        }
    }
}
