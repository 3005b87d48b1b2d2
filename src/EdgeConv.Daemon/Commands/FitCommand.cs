using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Options;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv fit MODEL --data DIR|FILE --out F</c>: makes a fingerprint of in-distribution data.
/// </summary>
internal static class FitCommand
{
    public static Command Create()
    {
        Argument<FileInfo> model = new("MODEL") { Description = "ONNX file" };
        Option<string> data = new("--data") { Description = "Folder or file of in-distribution data", Required = true };
        Option<string> output = new("--out", "-o") { Description = "Fingerprint to write (.ecfp)", Required = true };
        Option<string[]> taps = new("--tap")
        {
            Description = "Value to tap, as NAME, NAME=mean or NAME=mean+variance; may be repeated; " +
                "default: the deepest 1x1 convolution's output, its means",
        };
        Option<string> mode = new("--mode")
        {
            Description = "Distance: tied, relative, diagonal or class-diagonal",
            DefaultValueFactory = _ => GateNames.Of(GateMode.Tied),
        };
        Option<double> alpha = new("--alpha") { Description = "Wanted share of false alarms", DefaultValueFactory = _ => 0.05 };
        Option<double?> delta = new("--delta") { Description = "Hold alpha with confidence 1 - delta for this data" };
        Option<string?> config = new("--config") { Description = "Configuration whose pipeline tells how to read and preprocess the data" };
        Option<string?> pipeline = new("--pipeline") { Description = "Name of that pipeline; default: its first" };
        Option<string> backend = BackendOption.Create();
        Option<string[]> shapes = ShapeOption.Create();
        Command command = new("fit", "Make a fingerprint of in-distribution data for the gate")
        {
            model, data, output, taps, mode, alpha, delta, config, pipeline, backend, shapes,
        };
        command.SetAction((parsed, cancellation) =>
        {
            if (!GateNames.TryParse(parsed.GetValue(mode)!, out GateMode parsedMode))
                return Task.FromResult(Root.Fail(
                    $"--mode '{parsed.GetValue(mode)}' is not tied, relative, diagonal or class-diagonal"));
            RequireShare("--alpha", parsed.GetValue(alpha));
            RequireShare("--delta", parsed.GetValue(delta) ?? 0.5);
            FitRequest request = new()
            {
                Model = parsed.GetRequiredValue(model).FullName,
                Data = Path.GetFullPath(parsed.GetRequiredValue(data)),
                Taps = parsed.GetValue(taps) ?? [],
                Mode = parsedMode,
                Alpha = parsed.GetValue(alpha),
                Delta = parsed.GetValue(delta),
                Backend = BackendOption.Parse(parsed.GetValue(backend)),
                Shapes = ShapeOption.Parse(parsed.GetValue(shapes)),
                Pipeline = PipelineOf(parsed.GetValue(config), parsed.GetValue(pipeline)),
            };
            string?[] inputs = [request.Model, request.Data, parsed.GetValue(config)];
            string file = Path.GetFullPath(parsed.GetRequiredValue(output));
            return RunAsync(request, file, inputs.OfType<string>(), cancellation);
        });
        return command;
    }

    private static void RequireShare(string option, double value)
    {
        if (!(value > 0 && value < 1))
        {
            throw new ConfigError(option, string.Create(
                CultureInfo.InvariantCulture, $"{value} does not lie between 0 and 1"));
        }
    }

    private static PipelineOptions? PipelineOf(string? config, string? name)
    {
        if (config is null)
            return name is null ? null : throw new ConfigError("--pipeline", "needs --config");
        DaemonOptions options = ConfigReader.ReadFile(config);
        return name is null
            ? options.Pipelines[0]
            : options.Pipelines.FirstOrDefault(p => p.Name == name)
                ?? throw new ConfigError(config, $"has no pipeline '{name}'");
    }

    private static async Task<int> RunAsync(
        FitRequest request, string output, IEnumerable<string> inputs, CancellationToken cancellation)
    {
        OutputFile.Require(output, inputs);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Interruption interruption = new(stop);
        SessionLoader loader = new(Console.Error.WriteLine);
        FitRun run = new(request, loader, Console.Error);
        Fingerprint fingerprint = await run.FitAsync(stop.Token).ConfigureAwait(false);
        fingerprint.Write(output);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{output}: fitted to {fingerprint.FitCount} samples, calibrated by {fingerprint.CalibrationCount}; " +
            $"at alpha {fingerprint.Alpha:0.####} {fingerprint.HeldOutFlagRate:P2} of held-out samples are flagged"));
        foreach (TapFingerprint tap in fingerprint.Taps)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  tap '{tap.Name}': {tap.Dimension} features ({GateNames.Of(tap.Statistic)}), " +
                $"{GateNames.Of(tap.Mode)}, shrinkage {tap.Shrinkage:0.######}"));
        }

        return Root.Success;
    }
}
