using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Reporting;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv fit MODEL --data DIR|FILE --out F</c>: makes a fingerprint of in-distribution data.
/// </summary>
internal sealed class FitCommand
{
    private readonly Argument<FileInfo> _model = new("MODEL") { Description = "ONNX file" };

    private readonly Option<string> _data =
        new("--data")
        {
            Description = "Folder or file of in-distribution data; a third of the samples calibrates, chosen by "
                + "content, or by blocks where windows overlap",
            Required = true,
        };

    private readonly Option<string> _output =
        new("--out", "-o") { Description = "Fingerprint to write (.ecfp)", Required = true };

    private readonly Option<string[]> _taps = new("--tap")
    {
        Description = "Value to tap, as NAME[=mean|=mean+variance][:MODE][:scaled], scaled to length 1; may be "
            + "repeated. Default: the first 1x1 convolution behind a depthwise one, mean+variance, tied, and the last, "
            + "scaled too",
    };

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "Distance: tied, relative, diagonal (the deepest 1x1 convolution alone) or "
            + "class-diagonal. Default: tied",
    };

    private readonly Option<double> _alpha =
        new("--alpha") { Description = "Wanted share of false alarms", DefaultValueFactory = _ => 0.05 };

    private readonly Option<bool> _noCheck = new("--no-check")
    {
        Description = "Do not hold the taps against outliers made of calibration samples",
    };

    private readonly Option<bool> _shard = new("--shard")
    {
        Description = "Keep the calibration samples' features, for edgeconv fingerprint merge",
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "File to save the state in, and to go on from when it is there; of one fit at a time, and "
            + "deleted in the end",
    };

    private readonly Option<double> _saveEvery = new("--save-every")
    {
        Description = "Seconds from one saving of the state to the next",
        DefaultValueFactory = _ => 10,
    };

    private readonly MapOption _map = new();
    private readonly ConfidenceOption _confidence = new();
    private readonly PipelineOption _pipeline = new();
    private readonly ReportOptions _report = new();
    private readonly Option<string> _backend = BackendOption.Create();
    private readonly Option<string[]> _shapes = ShapeOption.Create();

    public static Command Create()
    {
        FitCommand options = new();
        Command command = new("fit", "Make a fingerprint of in-distribution data for the gate")
        {
            options._model, options._data, options._output, options._taps, options._mode, options._alpha,
            options._noCheck, options._shard, options._resume, options._saveEvery, options._backend,
            options._shapes,
        };
        options._map.AddTo(command);
        options._confidence.AddTo(command);
        options._pipeline.AddTo(command);
        options._report.AddTo(command);
        command.SetAction((parsed, cancellation) => options.RunAsync(parsed, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        FitRequest request = RequestOf(parsed);
        string output = Path.GetFullPath(parsed.GetRequiredValue(_output));
        string? config = _pipeline.FileOf(parsed);
        string[] inputs = [request.Model, request.Data, .. config is null ? [] : (string[])[config]];
        OutputFile.Require(output, inputs);
        string[] state = request.Resume is null ? [] : StateFiles(request.Resume.Path, output, inputs);
        using FileLock? held = request.Resume is null ? null : FitStateLock.Take(request.Resume.Path);
        ReportRequest? report = _report.Parse(parsed, request, [.. inputs, output, .. state]);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Interruption interruption = new(stop);
        SessionLoader loader = new(Console.Error.WriteLine);
        FitRun run = new(request, loader, Progress.OnStandardError());
        FitResult result = await run.FitAsync(stop.Token).ConfigureAwait(false);
        Keep(request, result, output);
        if (report is not null)
        {
            await new ReportRun(request, report, loader).WriteAsync(result.Fingerprint, stop.Token)
                .ConfigureAwait(false);
            Console.WriteLine($"{report.Path}: the report");
        }

        return Root.Success;
    }

    // The state and its lock, which are neither of the other files.
    private static string[] StateFiles(string state, string output, string[] inputs)
    {
        string lockPath = FitStateLock.PathOf(state);
        if (state == output)
            throw new ConfigError("--resume", "is the file of --out; the state needs one of its own");
        if (lockPath == output)
        {
            throw new ConfigError(
                "--out", $"{output} is the lock of the state; the fingerprint needs a file of its own");
        }

        OutputFile.Require(state, [.. inputs, output]);
        OutputFile.Require(lockPath, inputs);
        return [state, lockPath];
    }

    private static void Keep(FitRequest request, FitResult result, string output)
    {
        result.Fingerprint.Write(output);
        if (request.Resume is not null)
            FitStateFile.Delete(request.Resume.Path);
        double? optionalDelta = request.IsDeltaOptional ? request.Delta : null;
        FitReport.Print(output, result.Fingerprint, optionalDelta, Console.Out);
        if (result.Check is not null)
            FitReport.PrintCheck(result.Check, result.Fingerprint, Console.Out, Console.Error);
    }

    private FitRequest RequestOf(ParseResult parsed)
    {
        RequireShare("--alpha", parsed.GetValue(_alpha));
        RequireShare("--delta", _confidence.DeltaOf(parsed));
        (double? delta, bool isDeltaOptional) = _confidence.Parse(parsed);
        return new FitRequest
        {
            Model = parsed.GetRequiredValue(_model).FullName,
            Data = Path.GetFullPath(parsed.GetRequiredValue(_data)),
            Taps = parsed.GetValue(_taps) ?? [],
            Mode = ModeOf(parsed.GetValue(_mode)),
            Alpha = parsed.GetValue(_alpha),
            Delta = delta,
            IsDeltaOptional = isDeltaOptional,
            IsChecked = !parsed.GetValue(_noCheck),
            IsShard = parsed.GetValue(_shard),
            Map = _map.Parse(parsed, parsed.GetValue(_shard)),
            Resume = ResumeOf(parsed),
            Backend = BackendOption.Parse(parsed.GetValue(_backend)),
            Shapes = ShapeOption.Parse(parsed.GetValue(_shapes)),
            Pipeline = _pipeline.Parse(parsed),
        };
    }

    private ResumeOptions? ResumeOf(ParseResult parsed)
    {
        double seconds = parsed.GetValue(_saveEvery);
        if (!(seconds is >= 0 and <= 86_400))
        {
            throw new ConfigError("--save-every", string.Create(
                CultureInfo.InvariantCulture, $"{seconds} does not lie in 0..86400 seconds"));
        }

        return parsed.GetValue(_resume) is { } path
            ? new ResumeOptions(Path.GetFullPath(path), TimeSpan.FromSeconds(seconds))
            : null;
    }

    private static GateMode? ModeOf(string? name)
    {
        if (name is null)
            return null;
        return GateNames.TryParse(name, out GateMode mode)
            ? mode
            : throw new ConfigError($"--mode '{name}'", "is not tied, relative, diagonal or class-diagonal");
    }

    private static void RequireShare(string option, double? value)
    {
        if (value is not null and not (> 0 and < 1))
        {
            throw new ConfigError(option, string.Create(
                CultureInfo.InvariantCulture, $"{value} does not lie between 0 and 1"));
        }
    }
}
