using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Which 1x1 convolutions a fit taps when the user names none. The early one sees what noise, inversion and
/// gain do to textures before the network has learned to ignore it; the deep one sees what is no kind of thing
/// that it knows. Measured on our models: tests/EdgeConv.Benchmarks/README.md.
/// </summary>
internal static class TapSelection
{
    /// <summary>
    /// Early: the first 1x1 convolution behind a depthwise one (the first of all where none is). Deep: the last
    /// behind a depthwise one, or the last of all where that is the early one; its features are scaled to
    /// length 1 (Müller and Hein, "Mahalanobis++", 2025), since familiar inputs excite more than others do. Both
    /// with means and variances, tied. One tap where both are the same layer. For a diagonal distance, which is
    /// the literal gate, the means of the last 1x1 convolution alone. Heads, which make predictions and no
    /// features, do not count.
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
        PointwiseLayer last = suitable[^1];
        if (mode is GateMode.Diagonal or GateMode.ClassDiagonal)
            return [new TapChoice(last.Output, last.OutputChannels) { Mode = mode }];
        PointwiseLayer early = suitable.FirstOrDefault(layer => layer.IsSeparable) ?? suitable[0];
        PointwiseLayer deep = suitable.LastOrDefault(layer => layer.IsSeparable && layer != early) ?? last;
        TapChoice ChoiceOf(PointwiseLayer layer) => new(layer.Output, layer.OutputChannels)
        {
            Statistic = TapStatistic.MeanAndVariance,
            Mode = mode ?? GateMode.Tied,
            IsNormalized = layer == deep,
        };
        return early == deep ? [ChoiceOf(deep)] : [ChoiceOf(early), ChoiceOf(deep)];
    }
}
