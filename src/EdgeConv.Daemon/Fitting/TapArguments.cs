using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>From the user's <c>--tap</c> and <c>--mode</c> to taps; see <see cref="TapSelection"/>.</summary>
internal static class TapArguments
{
    // Features to length 1, see TapChoice.IsNormalized.
    private const string Scaled = ":scaled";

    /// <summary>The taps to fit; channels are filled in once the session is loaded.</summary>
    /// <exception cref="EdgeConvError">
    /// The model has no 1x1 convolution, a statistic has no such name, or a value is tapped twice.
    /// </exception>
    public static IReadOnlyList<TapChoice> Parse(FitRequest request) => request.Taps.Count != 0
        ? ParseAll(request.Taps, request.Mode ?? GateMode.Tied)
        : TapSelection.Of(
            request.Model,
            ModelInspection.PointwiseLayers(
                request.Model, new SessionOptions { InputShapes = request.Shapes }),
            request.Mode);

    /// <summary>Taps of different values.</summary>
    /// <exception cref="ConfigError">There is no such statistic, or a value is tapped twice.</exception>
    public static IReadOnlyList<TapChoice> ParseAll(IReadOnlyList<string> texts, GateMode mode)
    {
        TapChoice[] taps = [.. texts.Select(text => Parse(text, mode))];
        string? twice = taps.GroupBy(tap => tap.Name).FirstOrDefault(taps => taps.Count() > 1)?.Key;
        return twice is null
            ? taps
            : throw new ConfigError($"--tap '{twice}'", "is tapped more than once; once is right");
    }

    /// <summary>
    /// One tap, written <c>NAME[=STATISTIC][:MODE][:scaled]</c>; a name may hold both signs itself.
    /// </summary>
    /// <exception cref="ConfigError">There is no such statistic.</exception>
    public static TapChoice Parse(string text, GateMode mode)
    {
        if (text.EndsWith(Scaled, StringComparison.Ordinal))
            return Parse(text[..^Scaled.Length], mode) with { IsNormalized = true };
        int colon = text.LastIndexOf(':');
        if (colon > 0 && GateNames.TryParse(text[(colon + 1)..], out GateMode own))
            return Parse(text[..colon], own);
        int split = text.LastIndexOf('=');
        if (split < 0)
            return new TapChoice(text, 0) { Mode = mode };
        if (!GateNames.TryParse(text[(split + 1)..], out TapStatistic statistic))
        {
            throw new ConfigError($"--tap '{text}'",
                $"'{text[(split + 1)..]}' is neither mean nor mean+variance, alone or before :MODE");
        }

        return new TapChoice(text[..split], 0) { Mode = mode, Statistic = statistic };
    }
}
