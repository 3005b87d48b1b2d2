using EdgeConv.Core;
using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Which layer a position map is fitted to when the user names none: deep enough to know shapes, and still of a
/// grid that tells places apart. Measured: tests/EdgeConv.Benchmarks/results/gate.md.
/// </summary>
internal static class MapSelection
{
    /// <summary>Rows and columns that a grid has at least; over time, positions.</summary>
    public const int LeastSide = 7;

    /// <summary>
    /// The deepest 1x1 convolution that makes features, no predictions, and has a grid of at least 7x7.
    /// </summary>
    /// <param name="model">The model's file, for messages.</param>
    /// <param name="layers">Its 1x1 convolutions in execution order.</param>
    /// <exception cref="ModelError">There is none.</exception>
    public static string Of(string model, IReadOnlyList<PointwiseLayer> layers)
    {
        PointwiseLayer? deepest = layers.LastOrDefault(layer => !layer.IsHead && IsLarge(layer));
        return deepest?.Output ?? throw new ModelError(model,
            $"has no 1x1 convolution of {LeastSide}x{LeastSide} positions or more to map; name a value with --map-tap");
    }

    private static bool IsLarge(PointwiseLayer layer) =>
        layer.Width >= LeastSide && (layer.Height == 1 || layer.Height >= LeastSide);
}
