using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Scoring;

namespace EdgeConv.Daemon.Commands;

/// <summary><c>edgeconv score MODEL --fingerprint F FILE|DIR…</c>: what a gate says of files.</summary>
internal sealed class ScoreCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "ONNX file" };

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Files or folders to judge",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _fingerprint =
        new("--fingerprint") { Description = "Fingerprint of the model (.ecfp)", Required = true };

    private readonly Option<double?> _alpha =
        new("--alpha") { Description = "Share of false alarms; default: the fingerprint's" };

    private readonly Option<bool> _csv =
        new("--csv") { Description = "Comma-separated values with a header line" };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line" };
    private readonly PipelineOption _pipeline = new();
    private readonly Option<string> _backend = BackendOption.Create();
    private readonly Option<string[]> _shapes = ShapeOption.Create();

    public static Command Create()
    {
        ScoreCommand options = new();
        Command command = new("score", "Tell what a model and its gate say of files, a line for each sample")
        {
            options._model, options._paths, options._fingerprint, options._alpha, options._csv, options._json,
            options._backend, options._shapes,
        };
        options._pipeline.AddTo(command);
        command.SetAction((parsed, cancellation) => options.RunAsync(parsed, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Interruption interruption = new(stop);
        ScoreFormat format = FormatOf(parsed);
        ScoreRequest request = new()
        {
            Model = parsed.GetRequiredValue(_model),
            Fingerprint = parsed.GetRequiredValue(_fingerprint),
            Alpha = parsed.GetValue(_alpha),
            Backend = BackendOption.Parse(parsed.GetValue(_backend)),
            Shapes = ShapeOption.Parse(parsed.GetValue(_shapes)),
            Pipeline = _pipeline.Parse(parsed),
        };
        using ScoreRun run = new(request, new SessionLoader(Console.Error.WriteLine));
        ScoreWriter rows = new(format, run.RegionKind, Console.Out);
        foreach (string path in parsed.GetRequiredValue(_paths))
            await run.ScoreAsync(path, rows, Progress.OnStandardError(), stop.Token).ConfigureAwait(false);
        string samples = string.Create(CultureInfo.InvariantCulture,
            $"{run.Accepted + run.Ood} samples: {run.Accepted} accepted, {run.Ood} ood");
        Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{samples}, {run.Skipped} skipped"));
        return run.Skipped == 0 ? Root.Success : Root.Failure;
    }

    private ScoreFormat FormatOf(ParseResult parsed) => (parsed.GetValue(_csv), parsed.GetValue(_json)) switch
    {
        (true, true) => throw new ConfigError("--csv", "cannot be had together with --json; give one"),
        (true, false) => ScoreFormat.Csv,
        (false, true) => ScoreFormat.Json,
        _ => ScoreFormat.Text,
    };
}
