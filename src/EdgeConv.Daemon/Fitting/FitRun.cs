using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Devices;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Fitting;

/// <summary>What a fit has come to.</summary>
/// <param name="Fingerprint">The fingerprint.</param>
/// <param name="Check">Its taps against outliers; null when the check was not wanted.</param>
internal sealed record FitResult(Fingerprint Fingerprint, OutlierCheck? Check);

/// <summary>Streams data through a model, reading its taps, and fits a fingerprint to them.</summary>
internal sealed class FitRun(FitRequest request, SessionLoader loader, Progress progress)
{
    /// <summary>Runs over all data.</summary>
    /// <exception cref="EdgeConvError">Model, taps, data or options do not work together.</exception>
    public async Task<FitResult> FitAsync(CancellationToken cancellation)
    {
        // A wrong path is said before the model is loaded.
        SourceOptions data = DataSource.Of(request.Data, request.Pipeline);
        PreprocessOptions preprocess = request.Pipeline?.Preprocess ?? new PreprocessOptions();
        using FamilyMember member = LoadMember(preprocess, out FitOptions options);
        string hash = DataHash.Of(request.Data, cancellation);
        FingerprintFitter fitter = new(member.Session.Model, options with { DataHash = hash });
        OutlierProbe? probe = request.IsChecked ? new OutlierProbe(member, preprocess) : null;
        SampleFeed feed = new(data, member, progress) { IsProgressTold = true };
        await feed.RunAsync(
            (sample, _) =>
            {
                bool calibrates =
                    fitter.Add(sample.Origin, ClassifierOutput.ClassOf(member.Session), member.Session);
                if (calibrates)
                    probe?.Add(sample);
            },
            null,
            cancellation).ConfigureAwait(false);
        return new FitResult(request.IsShard ? fitter.FinishShard() : fitter.Finish(), probe?.Check);
    }

    private FamilyMember LoadMember(PreprocessOptions preprocess, out FitOptions options)
    {
        IReadOnlyList<TapChoice> taps = TapArguments.Parse(request);
        ISession session = loader.Load(request.Model, request.Backend, new SessionOptions
        {
            InputShapes = request.Shapes,
            Taps = [.. taps.Select(tap => tap.Name)],
            Pixels = preprocess.Pixels,
        });
        int classes = ClassifierOutput.ClassesOf(session);
        options = new FitOptions
        {
            Taps = [.. taps.Select((tap, i) => tap with { Channels = session.Taps[i].Channels })],
            Classes = classes,
            Alpha = request.Alpha,
            Delta = request.Delta,
            IsDeltaOptional = request.IsDeltaOptional,
        };
        try
        {
            // Only preprocessing is wanted of the member: any model may be fitted, whatever its outputs are.
            DecodeOptions decoding = new() { Top = 1, Softmax = classes > 1 };
            return new FamilyMember(session, null, preprocess, decoding, 1);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
