using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>From the user's <c>--tap</c> arguments to taps.</summary>
internal static class TapArguments
{
    /// <summary>The taps to fit; channels are filled in once the session is loaded.</summary>
    /// <exception cref="EdgeConvError">
    /// The model has no 1x1 convolution, or a statistic has no such name.
    /// </exception>
    public static IReadOnlyList<TapChoice> Parse(FitRequest request)
    {
        if (request.Taps.Count != 0)
            return [.. request.Taps.Select(text => Parse(text, request.Mode))];
        // Inside squeeze-and-excitation there is one position only: gates of channels, not features.
        PointwiseLayer? deepest = ModelInspection
            .PointwiseLayers(request.Model, new SessionOptions { InputShapes = request.Shapes })
            .LastOrDefault(layer => layer.Positions > 1);
        return deepest is not null
            ? [new TapChoice(deepest.Output, deepest.OutputChannels) { Mode = request.Mode }]
            : throw new ModelError(request.Model, "has no 1x1 convolution to tap; name a value with --tap");
    }

    private static TapChoice Parse(string text, GateMode mode)
    {
        int split = text.LastIndexOf('=');
        if (split < 0)
            return new TapChoice(text, 0) { Mode = mode };
        if (!GateNames.TryParse(text[(split + 1)..], out TapStatistic statistic))
            throw new ConfigError("--tap", $"'{text[(split + 1)..]}' is not mean or mean+variance");
        return new TapChoice(text[..split], 0) { Mode = mode, Statistic = statistic };
    }
}
