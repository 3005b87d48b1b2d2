using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Which 1x1 convolutions a fit taps when the user names none. The early one sees what noise, inversion and
/// gain do to textures before the network has learned to ignore it; the deepest sees what is no kind of thing
/// that it knows. Measured on our models: deploy/models/fashion/README.md.
/// </summary>
internal static class TapSelection
{
    /// <summary>
    /// Early: the first 1x1 convolution behind a depthwise one (the first of all where none is), means and
    /// variances, tied. Deepest: the last that makes features and no predictions, means, relative or tied as
    /// the samples allow. One tap where both are the same layer. For a diagonal distance, which is the
    /// literal gate of means and variances, the deepest alone.
    /// </summary>
    /// <param name="model">The model's file, for messages.</param>
    /// <param name="layers">Its 1x1 convolutions in execution order.</param>
    /// <param name="mode">The distance that the user asked for; null for those above.</param>
    /// <exception cref="ModelError">There is no suitable 1x1 convolution.</exception>
    public static IReadOnlyList<TapChoice> Of(
        string model, IReadOnlyList<PointwiseLayer> layers, GateMode? mode)
    {
        // Inside squeeze-and-excitation there is one position only: gates of channels, not features.
        PointwiseLayer[] suitable = [.. layers.Where(layer => layer is { Positions: > 1, IsHead: false })];
        if (suitable.Length == 0)
            throw new ModelError(model, "has no 1x1 convolution to tap; name a value with --tap");
        PointwiseLayer early = suitable.FirstOrDefault(layer => layer.IsSeparable) ?? suitable[0];
        PointwiseLayer deepest = suitable[^1];
        TapChoice deep = new(deepest.Output, deepest.OutputChannels) { Mode = mode };
        if (early == deepest || mode is GateMode.Diagonal or GateMode.ClassDiagonal)
            return [deep];
        return
        [
            new TapChoice(early.Output, early.OutputChannels)
            {
                Statistic = TapStatistic.MeanAndVariance,
                Mode = mode ?? GateMode.Tied,
            },
            deep,
        ];
    }
}
