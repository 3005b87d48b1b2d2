using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Recalibrating;
using EdgeConv.Devices;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Commands;

/// <summary>
/// <c>edgeconv recalibrate MODEL --fingerprint F --data DIR|FILE</c>: proposes a fingerprint for new data, and
/// leaves the decision to a person.
/// </summary>
internal sealed class RecalibrateCommand
{
    private readonly Argument<FileInfo> _model = new("MODEL") { Description = "ONNX file" };

    private readonly Option<string> _fingerprint = new("--fingerprint")
    {
        Description = "Fingerprint in use (.ecfp); the proposal is written beside it, as F.proposed",
        Required = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Folder or file of new in-distribution data, which the fingerprint has not seen",
        Required = true,
    };

    private readonly Option<bool> _refit = new("--refit")
    {
        Description = "Fit the distances anew too, with the same taps and options; default: they are kept, and "
            + "all of the data calibrates",
    };

    private readonly PipelineOption _pipeline = new();
    private readonly Option<string> _backend = BackendOption.Create();
    private readonly Option<string[]> _shapes = ShapeOption.Create();

    public static Command Create()
    {
        RecalibrateCommand options = new();
        Command command = new("recalibrate",
            "Propose a fingerprint for new data; edgeconv fingerprint accept F puts it in place")
        {
            options._model, options._fingerprint, options._data, options._refit, options._backend,
            options._shapes,
        };
        options._pipeline.AddTo(command);
        command.SetAction((parsed, cancellation) => options.RunAsync(parsed, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string path = Path.GetFullPath(parsed.GetRequiredValue(_fingerprint));
        using ProposalDraft draft = new(path);
        Fingerprint old = draft.Old;
        FitRequest request = RequestOf(parsed, old);
        old.RequireModel(ModelFiles.IdentityOf(request.Model));
        OutputFile.Require(Proposal.PathOf(path), [request.Model, request.Data]);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Interruption interruption = new(stop);
        RequireOtherData(request, old, stop.Token);
        GateWitness witness = new(old);
        FitRun run = new(request, new SessionLoader(Console.Error.WriteLine), Progress.OnStandardError())
        {
            Witness = witness,
            IsRefit = parsed.GetValue(_refit),
        };
        FitResult result = await run.FitAsync(stop.Token).ConfigureAwait(false);
        draft.Write(result.Fingerprint);
        Console.WriteLine(
            $"{Proposal.PathOf(path)}: nothing changes before edgeconv fingerprint accept {path}");
        RecalibrationReport report = new(witness, result.Fingerprint);
        report.Print(Console.Out);
        report.Warn(Console.Error);
        return Root.Success;
    }

    private FitRequest RequestOf(ParseResult parsed, Fingerprint old) => new()
    {
        Model = parsed.GetRequiredValue(_model).FullName,
        Data = Path.GetFullPath(parsed.GetRequiredValue(_data)),
        Taps = [],
        Mode = null,
        Alpha = old.Alpha,
        Delta = old.Delta,
        IsDeltaOptional = false,
        IsChecked = false,
        IsShard = false,
        Resume = null,
        Backend = BackendOption.Parse(parsed.GetValue(_backend)),
        Shapes = ShapeOption.Parse(parsed.GetValue(_shapes)),
        Pipeline = _pipeline.Parse(parsed),
    };

    // What the distances were fitted to lies nearer than anything that comes.
    private static void RequireOtherData(FitRequest request, Fingerprint old, CancellationToken cancellation)
    {
        SourceOptions data = DataSource.Of(request.Data, request.Pipeline);
        if (old.FitHashes.Contains(DataHash.Of(data, cancellation)))
        {
            throw new DataError(request.Data,
                $"is what {old.Place} was fitted to; data that it has not seen is needed");
        }
    }
}
