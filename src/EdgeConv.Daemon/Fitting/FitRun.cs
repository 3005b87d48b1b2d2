using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Devices;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Streams data through a model, reading its taps, and fits a fingerprint to them.</summary>
internal sealed class FitRun(FitRequest request, SessionLoader loader, TextWriter messages)
{
    private const int MostClasses = 1000;
    private const int MostNamed = 10;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);

    /// <summary>Runs over all data.</summary>
    /// <exception cref="EdgeConvError">Model, taps, data or options do not work together.</exception>
    public async Task<Fingerprint> FitAsync(CancellationToken cancellation)
    {
        // A wrong path is said before the model is loaded.
        SourceOptions data = FitSource.Of(request);
        IReadOnlyList<TapChoice> taps = TapArguments.Parse(request);
        PreprocessOptions preprocess = request.Pipeline?.Preprocess ?? new PreprocessOptions();
        ISession session = loader.Load(request.Model, request.Backend, new SessionOptions
        {
            InputShapes = request.Shapes,
            Taps = [.. taps.Select(tap => tap.Name)],
            Pixels = preprocess.Pixels,
        });
        // Only preprocessing is wanted of the member: any model may be fitted, whatever its outputs are.
        using FamilyMember member = new(
            session, null, preprocess, DecodingOf(session), 1);
        FingerprintFitter fitter = new(session.Model, new FitOptions
        {
            Taps = [.. taps.Select((tap, i) => tap with { Channels = session.Taps[i].Channels })],
            Classes = ClassesOf(session),
            Alpha = request.Alpha,
            Delta = request.Delta,
            IsDeltaOptional = request.IsDeltaOptional,
            DataHash = DataHash.Of(request.Data, cancellation),
        });
        await FeedAsync(data, member, fitter, cancellation).ConfigureAwait(false);
        return fitter.Finish();
    }

    private async Task FeedAsync(
        SourceOptions data, FamilyMember member, FingerprintFitter fitter, CancellationToken cancellation)
    {
        ISource source = SourceFactory.Create(data, member.WindowLength, TimeProvider.System);
        await using (source.ConfigureAwait(false))
        {
            long begun = TimeProvider.System.GetTimestamp();
            int skipped = 0;
            string lastProblem = "";
            while (true)
            {
                try
                {
                    using Sample? sample = await source.ReadAsync(cancellation).ConfigureAwait(false);
                    if (sample is null)
                        break;
                    member.Process(sample, TimeProvider.System);
                    fitter.Add(sample.Origin, ClassOf(member.Session), member.Session);
                }
                catch (DataError error)
                {
                    lastProblem = error.Message;
                    if (++skipped <= MostNamed)
                        messages.WriteLine($"skipped: {error.Message}");
                }

                if (TimeProvider.System.GetElapsedTime(begun) >= ProgressInterval)
                {
                    begun = TimeProvider.System.GetTimestamp();
                    messages.WriteLine(Progress(fitter));
                }
            }

            if (fitter.FitCount + fitter.CalibrationCount == 0)
            {
                throw new DataError(request.Data, skipped == 0
                    ? "holds no whole sample"
                    : string.Create(CultureInfo.InvariantCulture, $"all {skipped} samples were skipped, the last: {lastProblem}"));
            }

            if (skipped != 0)
                messages.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{skipped} samples were skipped"));
        }
    }

    private static string Progress(FingerprintFitter fitter) => string.Create(
        CultureInfo.InvariantCulture, $"{fitter.FitCount + fitter.CalibrationCount} samples …");

    private static DecodeOptions DecodingOf(ISession session) => new() { Top = 1, Softmax = ClassesOf(session) > 1 };

    // A classifier's own answer is the class; everything else is one class.
    private static int ClassesOf(ISession session)
    {
        TensorInfo output = session.Outputs[0];
        bool isClassifier = session.Outputs.Count == 1 && output.Type == DataType.Float32 &&
            output.Shape.Rank == 2 && output.Shape[0] == 1 && output.Shape[1] is > 1 and <= MostClasses;
        return isClassifier ? output.Shape[1] : 1;
    }

    private static int ClassOf(ISession session)
    {
        if (ClassesOf(session) == 1)
            return 0;
        ReadOnlySpan<float> scores = session.GetOutput(0).AsSpan<float>();
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }

        return best;
    }
}
