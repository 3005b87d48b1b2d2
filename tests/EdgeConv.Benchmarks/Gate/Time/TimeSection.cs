using EdgeConv.Core;
using static System.FormattableString;

namespace EdgeConv.Benchmarks.Gate.Time;

/// <summary>What share of MobileNetV2's time at 224 × 224 the gate adds.</summary>
internal static class TimeSection
{
    private const string Network = "mobilenet_v2_224.onnx";
    private const int MostClasses = 1000;

    /// <summary>Measures; null, with a word on standard error, when data are not there.</summary>
    public static GateSection? Measure(GateData data)
    {
        string path = Path.Combine(data.Networks, Network), folder = Path.Combine(data.Restored, "pictures");
        try
        {
            using CropClasses? pictures = CropClasses.Of(folder, MostClasses);
            if (!File.Exists(path) || pictures is null)
            {
                string missing = pictures is null ? folder : path;
                Console.Error.WriteLine($"{missing} is not there: the gate's time is not measured");
                return null;
            }

            return new GateSection("Time: MobileNetV2 224, one thread",
            [
                "Taps and verdict beside the network alone, in turns in one process, both loaded anew twelve times: the",
                "median of the rounds' ratios less 1, and the interval from the first to the third quartile; the verdict",
                "alone, the median behind an inference. Features d of each tap. Classes are places in photographs; the",
                "input is a crop at one of them, or noise, which is far from all.",
                "",
                "| gate | classes | d | input | network ms | gate adds | quartiles | verdict µs | multiply-adds |",
                "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
                .. Rows(path, pictures),
            ]);
        }
        catch (EdgeConvError problem)
        {
            Console.Error.WriteLine($"{problem.Message}: the gate's time is not measured");
            return null;
        }
    }

    private static List<string> Rows(string path, CropClasses pictures)
    {
        List<string> rows = [];
        foreach (int classes in (int[])[1, 10, MostClasses])
        {
            using GatedNetwork gate = new(path, isDiagonal: false, classes, pictures);
            gate.ShowCrop();
            rows.Add(Row(gate, "crop"));
            if (classes < MostClasses)
                continue;
            gate.ShowNoise();
            rows.Add(Row(gate, "noise"));
        }

        using GatedNetwork literal = new(path, isDiagonal: true, 1, pictures);
        literal.ShowCrop();
        return [.. rows, Row(literal, "crop")];
    }

    private static string Row(GatedNetwork gate, string input)
    {
        TurnTimes times = TurnTimes.Measure(gate.RunAlone, gate.RunGated, gate.Reload);
        string name = gate.IsDiagonal ? "diagonal, last 1×1" : "default";
        return Invariant($"| {name} | {gate.Classes} | {gate.Features} | {input} | {times.Milliseconds:0.00} | ")
            + Invariant($"{times.Extra(0.5):0.0 %} | {times.Extra(0.25):0.0 %} to {times.Extra(0.75):0.0 %} | ")
            + Invariant($"{gate.VerdictTime().TotalMicroseconds:0} | {gate.MultiplyAddShare:0.00 %} |");
    }
}
