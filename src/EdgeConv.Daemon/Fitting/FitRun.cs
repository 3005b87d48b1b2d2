using System.Globalization;
using System.Text.Json;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
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

    /// <summary>Runs over all data.</summary>
    /// <exception cref="EdgeConvError">Model, taps, data or options do not work together.</exception>
    public async Task<FitResult> FitAsync(CancellationToken cancellation)
    {
        // A wrong path is said before the model is loaded.
        SourceOptions data = DataSource.Of(request.Data, request.Pipeline);
        using FamilyMember member = LoadMember(out FitOptions options);
        string hash = DataHash.Of(request.Data, cancellation);
        FingerprintFitter fitter = new(member.Session.Model, options with { DataHash = hash });
        OutlierProbe? probe = request.IsChecked ? new OutlierProbe(member, _preprocess) : null;
        FitCheckpoint? checkpoint = request.Resume is null ? null : new FitCheckpoint(
            request.Resume, fitter, probe?.Check, Preparation(data, member.Session), TimeProvider.System);
        SampleFeed feed = new(data, member, progress)
        {
            IsProgressTold = true,
            ResumeAt = Restore(checkpoint),
        };
        try
        {
            await feed.RunAsync(
                (sample, _) => Add(sample, member.Session, fitter, probe),
                () => checkpoint?.SaveWhenDue(feed.Position),
                cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
            when (checkpoint is not null && feed.Position.Read > feed.ResumeAt.Read)
        {
            checkpoint.Save(feed.Position);
            throw;
        }

        Fingerprint fingerprint = request.IsShard ? fitter.FinishShard() : fitter.Finish();
        WarnOfOverlap(data.Stride, member.WindowLength);
        return new FitResult(fingerprint, probe?.Check);
    }

    // Neighbours then lie on both sides of the split, so that the calibration finds less odd than there will be.
    private void WarnOfOverlap(int stride, int? window)
    {
        if (window is { } length && stride > 0 && stride < length)
        {
            progress.Say(string.Create(CultureInfo.InvariantCulture,
                $"warning: windows of {length} overlap, {stride} apart: they are not independent, and more will be ")
                + "flagged than is promised; a stride of the window's length would be right");
        }
    }

    private static void Add(Sample sample, ISession session, FingerprintFitter fitter, OutlierProbe? probe)
    {
        if (fitter.Add(sample.Origin, ClassifierOutput.ClassOf(session), session))
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

    private FamilyMember LoadMember(out FitOptions options)
    {
        IReadOnlyList<TapChoice> taps = TapArguments.Parse(request);
        FamilyMember member = FitMember.Load(request, loader, [.. taps.Select(tap => tap.Name)]);
        options = new FitOptions
        {
            Taps = [.. taps.Select((tap, i) => tap with { Channels = member.Session.Taps[i].Channels })],
            Classes = ClassifierOutput.ClassesOf(member.Session),
            Alpha = request.Alpha,
            Delta = request.Delta,
            IsDeltaOptional = request.IsDeltaOptional,
        };
        return member;
    }
}
