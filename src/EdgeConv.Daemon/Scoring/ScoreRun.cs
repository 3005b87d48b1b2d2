using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Options;
using EdgeConv.Gating;
using EdgeConv.Mqtt;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Scoring;

/// <summary>What <c>edgeconv score</c> was asked for.</summary>
internal sealed record ScoreRequest
{
    /// <summary>ONNX file.</summary>
    public required string Model { get; init; }

    /// <summary>Its fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Share of false alarms; null for the fingerprint's.</summary>
    public required double? Alpha { get; init; }

    /// <summary>Which engine runs the model.</summary>
    public required Backend Backend { get; init; }

    /// <summary>Shapes for inputs that the model leaves open.</summary>
    public required IReadOnlyDictionary<string, Shape> Shapes { get; init; }

    /// <summary>How the data is read, preprocessed and decoded; null for defaults.</summary>
    public required PipelineOptions? Pipeline { get; init; }
}

/// <summary>Runs files through a model and its gate, and tells of each sample as it comes.</summary>
internal sealed class ScoreRun : IDisposable
{
    private readonly PipelineOptions? _pipeline;
    private readonly MahalanobisGate _gate;
    private readonly FamilyMember _member;
    private readonly ChannelContribution[] _top = new ChannelContribution[TopContributions.Most];

    /// <summary>Loads model and fingerprint.</summary>
    /// <exception cref="EdgeConvError">They do not load, or do not belong together.</exception>
    public ScoreRun(ScoreRequest request, SessionLoader loader)
    {
        _pipeline = request.Pipeline;
        Fingerprint fingerprint = Fingerprint.Read(request.Fingerprint);
        fingerprint.RequireModel(ModelFiles.IdentityOf(request.Model));
        _gate = new MahalanobisGate(fingerprint, request.Alpha);
        PreprocessOptions preprocess = request.Pipeline?.Preprocess ?? new PreprocessOptions();
        ISession session = loader.Load(request.Model, request.Backend, new SessionOptions
        {
            InputShapes = request.Shapes,
            Taps = _gate.TapNames,
            Maps = _gate.Map is { Map.Choice.Layer: var layer } ? [layer] : [],
            Pixels = preprocess.Pixels,
        });
        try
        {
            _gate.Bind(session);
            preprocess = ChannelMetadata.Normalise(preprocess, session);
            _member = new FamilyMember(session, _gate, preprocess, DecodingOf(request, session), 1);
            Preparations.Require(fingerprint, _member, request.Pipeline);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>How it tells where a sample is odd.</summary>
    public RegionKind RegionKind => (_member.Map, _member.WindowLength) switch
    {
        (null, _) => RegionKind.None,
        (_, null) => RegionKind.Box,
        _ => RegionKind.Stretch,
    };

    /// <summary>Samples like the in-distribution data.</summary>
    public long Accepted { get; private set; }

    /// <summary>Samples unlike it.</summary>
    public long Ood { get; private set; }

    /// <summary>Samples, and files without a single usable sample, that were named and skipped.</summary>
    public long Skipped { get; private set; }

    /// <summary>Tells of every sample of a file or folder; what is unusable is named and skipped.</summary>
    public async Task ScoreAsync(
        string path, ScoreWriter rows, Progress messages, CancellationToken cancellation)
    {
        SampleFeed? feed = null;
        try
        {
            feed = new SampleFeed(DataSource.Of(path, _pipeline), _member, messages) { NamesAll = true };
            await feed.RunAsync((sample, outcome) => rows.Write(Judge(sample, outcome)), null, cancellation)
                .ConfigureAwait(false);
        }
        catch (DataError) when (feed is { Position.Skipped: > 0 })
        {
            // All its samples are unusable, and each has been named.
        }
        catch (Exception error) when (error is DataError or DeviceError or ConfigError)
        {
            Skipped++;
            messages.Say(error is ConfigError ? $"skipped: {path}: {error.Message}" : $"skipped: {error.Message}");
        }

        Skipped += feed?.Position.Skipped ?? 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _member.Dispose();

    private ScoreRow Judge(Sample sample, Outcome outcome)
    {
        GateReading reading = outcome.Gate!.Value;
        bool isOod = reading.Verdict == Verdict.Ood;
        Ood += isOod ? 1 : 0;
        Accepted += isOod ? 0 : 1;
        return new ScoreRow
        {
            Origin = sample.Origin,
            Sequence = sample.Sequence,
            Label = outcome.Prediction.Label,
            LabelScore = outcome.Prediction.Score,
            P = reading.P,
            Verdict = isOod ? "ood" : "accepted",
            Tap = reading.Tap,
            Taps = [.. _gate.TapNames.Select((name, i) => new ScoredTap(name, _gate.DistanceOf(i)))],
            Contributions = ContributionPayload.From(_top.AsSpan(0, _gate.TopContributions(_top))),
            Region = RegionPayload.From(outcome.Explanation),
        };
    }

    private static DecodeOptions DecodingOf(ScoreRequest request, ISession session) =>
        request.Pipeline?.Decode
            ?? new DecodeOptions { Top = 1, Softmax = ClassifierOutput.ClassesOf(session) > 1 };
}
