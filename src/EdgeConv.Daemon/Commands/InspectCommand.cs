using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using static System.FormattableString;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv inspect MODEL</c>: what each layer is, costs and runs on.</summary>
internal static class InspectCommand
{
    private const int MostThreads = 256;

    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "ONNX file" };
        Option<bool> json = new("--json") { Description = "One JSON object instead of tables" };
        Option<string[]> shapes = ShapeOption.Create();
        Option<int> threads = new("--threads")
        {
            Description = "Threads of the plan, which decide with the layers what runs a few rows at a time",
            DefaultValueFactory = _ => 1,
        };
        Command command = new(
            "inspect", "Tell each layer of a model: shapes, kernel, parameters, cost, receptive field")
        {
            model, json, shapes, threads,
        };
        command.SetAction(parsed =>
        {
            SessionOptions options = new()
            {
                InputShapes = ShapeOption.Parse(parsed.GetValue(shapes)),
                Threads = ThreadsOf(parsed.GetValue(threads)),
            };
            InspectedModel inspected = ModelInspection.Read(parsed.GetRequiredValue(model), options);
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(inspected, InspectionJson.Default.InspectedModel));
            else
                Print(inspected, Console.Out);
            return Root.Success;
        });
        return command;
    }

    // A plan for another machine may have more threads than this one has processors.
    private static int ThreadsOf(int threads) => threads is >= 1 and <= MostThreads
        ? threads
        : throw new ConfigError(Invariant($"--threads {threads}"), Invariant($"1..{MostThreads} would be right"));

    private static void Print(InspectedModel model, TextWriter output)
    {
        output.WriteLine($"{model.Model.Path}: opset {model.Opset}, written by {model.Producer}");
        output.WriteLine($"sha256 {model.Model.Sha256}");
        PrintSteps(model, output);
        PrintPairs(model, output);
        PrintBlocks(model, output);
        PrintConcatenations(model, output);
        InspectedTotals totals = model.Totals;
        output.WriteLine();
        output.WriteLine(Invariant($"{model.Steps.Count} steps, {totals.Parameters} parameters, {totals.MultiplyAdds} multiply-adds"));
        output.WriteLine(
            Invariant($"arena {totals.ArenaBytes} bytes, of which {totals.LowerBoundBytes} cannot be saved"));
        output.WriteLine($"receptive field {ShapeOf(totals.ReceptiveField)}");
    }

    private static void PrintSteps(InspectedModel model, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"{"operator",-28} {"output",-18} {"kernel",-31} {"parameters",10} {"MACs",12} {"field",9}");
        foreach (InspectedStep step in model.Steps)
        {
            string shape = step.Outputs.Count == 0 ? "" : ShapeOf(step.Outputs[0].Shape);
            string field = step.ReceptiveField is null ? "all" : ShapeOf(step.ReceptiveField);
            output.WriteLine(Invariant(
                $"{step.Operator + step.Fused,-28} {shape,-18} {step.Kernel ?? "-",-31} {step.Parameters,10} {step.MultiplyAdds,12} {field,9}"));
        }
    }

    private static void PrintPairs(InspectedModel model, TextWriter output)
    {
        if (model.Pairs.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine(
            "depthwise-separable pairs against the standard convolution they replace (1/C_out + 1/k²)");
        foreach (SeparablePair pair in model.Pairs)
        {
            output.WriteLine(Invariant(
                $"  {ShapeOf(pair.Kernel),-6} {pair.InputChannels,5} → {pair.OutputChannels,-5} {pair.MultiplyAdds,12} of {pair.StandardMultiplyAdds,14}  {pair.Ratio,7:P2}  {pair.Depthwise} + {pair.Pointwise}"));
        }
    }

    private static void PrintBlocks(InspectedModel model, TextWriter output)
    {
        if (model.Blocks.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine("blocks that can run a few rows at a time, without the images between their layers");
        foreach (InspectedBlock block in model.Blocks)
        {
            string how = block.Obstacle is null
                ? $"streamed ({string.Join(", ", block.Kernels)})"
                : $"layer by layer: {block.Obstacle}";
            output.WriteLine($"  {string.Join(" + ", block.Nodes)}: {how}");
        }
    }

    private static void PrintConcatenations(InspectedModel model, TextWriter output)
    {
        if (model.Concatenations.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine("concatenations, and inputs that are copied instead of being made in the output");
        foreach (InspectedConcatenation joined in model.Concatenations)
        {
            string how = joined.Copies.Count == 0
                ? "nothing runs"
                : $"copies {joined.Copies.Count} of {joined.Inputs}: " + string.Join(
                    "; ", joined.Copies.Select(copy => $"'{copy.Value}', since {copy.Reason}"));
            output.WriteLine($"  {joined.Node}: {how}");
        }
    }

    private static string ShapeOf(IReadOnlyList<int> extents) => string.Join('x', extents);
}

/// <summary>JSON of <c>edgeconv inspect --json</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InspectedModel))]
internal sealed partial class InspectionJson : JsonSerializerContext;
