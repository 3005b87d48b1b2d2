using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>From the user's <c>--tap</c> and <c>--mode</c> to taps; see <see cref="TapSelection"/>.</summary>
internal static class TapArguments
{
    /// <summary>The taps to fit; channels are filled in once the session is loaded.</summary>
    /// <exception cref="EdgeConvError">
    /// The model has no 1x1 convolution, or a statistic has no such name.
    /// </exception>
    public static IReadOnlyList<TapChoice> Parse(FitRequest request) => request.Taps.Count != 0
        ? [.. request.Taps.Select(text => Parse(text, request.Mode ?? GateMode.Tied))]
        : TapSelection.Of(
            request.Model,
            ModelInspection.PointwiseLayers(
                request.Model, new SessionOptions { InputShapes = request.Shapes }),
            request.Mode);

    /// <summary>One tap, written <c>NAME[=STATISTIC][:MODE]</c>; a name may hold both signs itself.</summary>
    /// <exception cref="ConfigError">There is no such statistic.</exception>
    public static TapChoice Parse(string text, GateMode mode)
    {
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
