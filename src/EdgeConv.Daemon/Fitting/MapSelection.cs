using EdgeConv.Core;
using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Which layer a position map is fitted to when the user names none: early, where a position has seen little
/// more than its own place, yet of a grid that is no picture any more. Measured on our models:
/// tests/EdgeConv.Benchmarks/results/gate.md.
/// </summary>
internal static class MapSelection
{
    /// <summary>Rows and columns that a grid has at least; over time, positions.</summary>
    public const int LeastSide = 7;

    /// <summary>Positions that a grid has at most, where there is such a layer.</summary>
    public const int MostPositions = 28 * 28;

    /// <summary>
    /// The first 1x1 convolution behind a depthwise one whose grid lies between 7x7 and 784 positions; the first
    /// of all 1x1 convolutions where none is behind a depthwise one, the deepest where all grids are larger.
    /// </summary>
    /// <param name="model">The model's file, for messages.</param>
    /// <param name="layers">Its 1x1 convolutions in execution order.</param>
    /// <exception cref="ModelError">There is none of at least 7x7.</exception>
    public static string Of(string model, IReadOnlyList<PointwiseLayer> layers)
    {
        PointwiseLayer[] large = [.. layers.Where(layer => !layer.IsHead && IsLarge(layer))];
        if (large.Length == 0)
        {
            throw new ModelError(model, $"has no 1x1 convolution of {LeastSide}x{LeastSide} positions or more "
                + "to map; name a value with --map-tap");
        }

        PointwiseLayer[] suitable = [.. large.Where(layer => layer.Positions <= MostPositions)];
        PointwiseLayer? first = suitable.FirstOrDefault(layer => layer.IsSeparable) ?? suitable.FirstOrDefault();
        return (first ?? large[^1]).Output;
    }

    private static bool IsLarge(PointwiseLayer layer) =>
        layer.Width >= LeastSide && (layer.Height == 1 || layer.Height >= LeastSide);
}
