using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Preprocessing;
using static System.FormattableString;

namespace EdgeConv.Daemon.Composition;

/// <summary>
/// What of the options decides what a network sees: what a gate was fitted with it needs later too. Offset
/// and scale of a source are not among it, as they bring the counts of each device to one unit, nor is its rate,
/// which also sets the pace of a replay.
/// </summary>
internal static class Preparations
{
    /// <summary>Named as in a configuration; only what has an effect.</summary>
    /// <param name="member">The model with its input.</param>
    /// <param name="preprocess">How samples become the input.</param>
    public static InputPreparation Of(FamilyMember member, PreprocessOptions preprocess)
    {
        PreprocessOptions normalised = ChannelMetadata.Normalise(preprocess, member.Session);
        return new InputPreparation(
            [.. member.WindowLength is null
                ? OfPictures(member.Session, preprocess)
                : OfWindows(member.Session),
                new("mean", Text(normalised.Mean)), new("std", Text(normalised.Deviation))]);
    }

    /// <summary>Refuses a fingerprint that was fitted with others.</summary>
    /// <exception cref="FingerprintError">Names the first value that differs, and both.</exception>
    public static void Require(Fingerprint fingerprint, FamilyMember member, PipelineOptions? pipeline)
    {
        string place = pipeline is null ? "without --config this command" : $"pipeline '{pipeline.Name}'";
        fingerprint.RequirePreparation(
            place, Of(member, pipeline?.Preprocess ?? new PreprocessOptions()));
    }

    private static IEnumerable<KeyValuePair<string, string>> OfPictures(
        ISession session, PreprocessOptions options)
    {
        InputLayout layout = InputLayout.Of(session.Model, session.Inputs[0]);
        yield return new("input", Invariant($"{layout.Channels}x{layout.Height}x{layout.Width}"));
        yield return new("fit", NameOf(options.Fit));
        if (options.Fit == Fit.Pad)
            yield return new("pad_value", Invariant($"{options.PadValue}"));
        if (layout.Channels == 3)
            yield return new("color", NameOf(options.Color));
        yield return new("antialias", options.Antialias ? "true" : "false");
        yield return new("rounding", NameOf(options.Rounding));
    }

    private static IEnumerable<KeyValuePair<string, string>> OfWindows(ISession session)
    {
        yield return new("input", string.Join('x', session.Inputs[0].Shape.Dimensions.ToArray()[1..]));
    }

    // One value stands for all channels.
    private static string Text(IReadOnlyList<float> values) => string.Join(' ', values
        .Take(values.All(value => value == values[0]) ? 1 : values.Count)
        .Select(value => Invariant($"{value}")));

    private static string NameOf<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
