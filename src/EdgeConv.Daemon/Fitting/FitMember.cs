using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Loads the model of a fit with what runs around it.</summary>
internal static class FitMember
{
    /// <summary>A model with these taps and maps; the caller disposes it.</summary>
    /// <exception cref="EdgeConvError">Model, taps and options do not work together.</exception>
    public static FamilyMember Load(
        FitRequest request,
        SessionLoader loader,
        IReadOnlyList<string> taps,
        IReadOnlyList<string>? maps = null,
        MahalanobisGate? gate = null)
    {
        PreprocessOptions preprocess = PreprocessOf(request);
        ISession session = loader.Load(request.Model, request.Backend, new SessionOptions
        {
            InputShapes = request.Shapes,
            Taps = taps,
            Maps = maps ?? [],
            Pixels = preprocess.Pixels,
        });
        try
        {
            preprocess = ChannelMetadata.Normalise(preprocess, session);
            return new FamilyMember(session, gate, preprocess, DecodingOf(request, session), 1);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>How the samples of a fit become the model's input.</summary>
    public static PreprocessOptions PreprocessOf(FitRequest request) =>
        request.Pipeline?.Preprocess ?? new PreprocessOptions();

    // Only preprocessing is wanted of the member, but what it decodes must be there: boxes where the
    // configuration says so.
    private static DecodeOptions DecodingOf(FitRequest request, ISession session) =>
        request.Pipeline?.Decode is { Kind: not DecoderKind.Classification } boxes
            ? boxes
            : new DecodeOptions { Top = 1, Softmax = ClassifierOutput.ClassesOf(session) > 1 };
}
