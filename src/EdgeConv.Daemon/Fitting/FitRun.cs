using System.Globalization;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Recalibrating;
using EdgeConv.Devices;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Fitting;

/// <summary>What a fit has come to.</summary>
/// <param name="Fingerprint">The fingerprint.</param>
/// <param name="Check">Its taps against outliers; null when the check was not wanted.</param>
internal sealed record FitResult(Fingerprint Fingerprint, OutlierCheck? Check);

/// <summary>Streams data through a model, reading its taps, and fits a fingerprint to them.</summary>
internal sealed class FitRun(FitRequest request, SessionLoader loader, Progress progress)
{
    private readonly PreprocessOptions _preprocess = request.Pipeline?.Preprocess ?? new PreprocessOptions();

    /// <summary>
    /// The fingerprint in use, for a recalibration: its taps and options are taken, it judges every sample,
    /// and its distances are kept. Null for a fit.
    /// </summary>
    public GateWitness? Witness { get; init; }

    /// <summary>Whether a recalibration fits the distances anew too.</summary>
    public bool IsRefit { get; init; }

    /// <summary>Runs over all data.</summary>
    /// <exception cref="EdgeConvError">Model, taps, data or options do not work together.</exception>
    public async Task<FitResult> FitAsync(CancellationToken cancellation)
    {
        // A wrong path is said before the model is loaded.
        SourceOptions data = DataSource.Of(request.Data, request.Pipeline);
        FitChoices choices = new(request, Witness?.Old, IsRefit);
        using FamilyMember member =
            FitMember.Load(request, loader, choices.TapNames, choices.MapLayers, Witness?.Gate);
        FitOptions options = Complete(choices.OptionsFor(member.Session), data, member, cancellation);
        FingerprintFitter fitter = new(member.Session.Model, options);
        OutlierProbe? probe = request.IsChecked ? new OutlierProbe(member, _preprocess) : null;
        FitCheckpoint? checkpoint = CheckpointOf(fitter, probe, data, member.Session);
        SampleFeed feed = new(data, member, progress)
        {
            IsProgressTold = true,
            ResumeAt = Restore(checkpoint),
        };
        await StreamAsync(feed, checkpoint, Take, cancellation).ConfigureAwait(false);
        Fingerprint fingerprint = request.IsShard ? fitter.FinishShard() : fitter.Finish();
        if (options.Overlap > 1)
        {
            long? leftOut = options.Kept is null ? feed.Position.Taken - fitter.SampleCount : null;
            progress.Say(FitWarnings.OfOverlap(member.WindowLength!.Value, data.Stride, leftOut));
        }

        if (FitWarnings.OfCopies(fingerprint) is { } copies)
            progress.Say(copies);
        return new FitResult(fingerprint, probe?.Check);

        void Take(Sample sample, Outcome outcome)
        {
            Add(sample, member.Session, fitter, probe);
            Witness?.Note(outcome);
        }
    }

    // What the data and its preparation add to the choices.
    private FitOptions Complete(
        FitOptions options, SourceOptions data, FamilyMember member, CancellationToken cancellation)
    {
        if (Witness is not null)
            Preparations.Require(Witness.Old, member, request.Pipeline);
        return options with
        {
            DataHash = DataHash.Of(data, cancellation),
            Preparation = Preparations.Of(member, _preprocess)
                .With(Witness?.Old.Preparation ?? InputPreparation.Unknown),
            Overlap = FitWarnings.OverlapOf(data.Stride, member.WindowLength),
        };
    }

    private FitCheckpoint? CheckpointOf(
        FingerprintFitter fitter, OutlierProbe? probe, SourceOptions data, ISession session) =>
        request.Resume is null
            ? null
            : new FitCheckpoint(
                request.Resume, fitter, probe?.Check, Preparation(data, session), TimeProvider.System)
            {
                Warn = progress.Say,
            };

    // What has been done is saved where it is interrupted.
    private static async Task StreamAsync(
        SampleFeed feed, FitCheckpoint? checkpoint, Action<Sample, Outcome> take,
        CancellationToken cancellation)
    {
        try
        {
            await feed.RunAsync(take, () => checkpoint?.SaveWhenDue(feed.Position), cancellation)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
            when (checkpoint is not null && feed.Position.Read > feed.ResumeAt.Read)
        {
            checkpoint.Save(feed.Position);
            throw;
        }
    }

    private static void Add(Sample sample, ISession session, FingerprintFitter fitter, OutlierProbe? probe)
    {
        if (fitter.Add(sample.Origin, ClassifierOutput.ClassOf(session), session, sample.Sequence))
            probe?.Add(sample);
    }

    private FitPosition Restore(FitCheckpoint? checkpoint)
    {
        FitPosition position = checkpoint?.Restore() ?? default;
        if (position.Read > 0)
        {
            progress.Say(string.Create(CultureInfo.InvariantCulture,
                $"{request.Resume!.Path}: goes on after {position.Read} samples"));
        }

        return position;
    }

    // What besides model, data and the fit's own options decides the features.
    private string Preparation(SourceOptions data, ISession session) => string.Join('\n',
        JsonSerializer.Serialize(data with { Path = "" }, OptionsJson.Default.SourceOptions),
        JsonSerializer.Serialize(_preprocess, OptionsJson.Default.PreprocessOptions),
        string.Join(' ', session.Inputs.Select(input => $"{input.Name}{input.Shape}")),
        $"{session.Backend} {ProductVersion.Text}");
}
