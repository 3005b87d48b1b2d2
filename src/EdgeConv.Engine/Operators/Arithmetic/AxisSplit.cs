using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>A shape seen from one axis: <c>[Outer, Extent, Inner]</c>.</summary>
internal readonly record struct AxisSplit(int Outer, int Extent, int Inner)
{
    /// <summary>Splits at one axis.</summary>
    public static AxisSplit At(Shape shape, int axis) => Between(shape, axis, axis + 1);

    /// <summary>
    /// Takes the axes from <paramref name="start"/> up to, not including, <paramref name="end"/> as one.
    /// </summary>
    public static AxisSplit Between(Shape shape, int start, int end) => new(
        (int)shape.CountBetween(0, start),
        (int)shape.CountBetween(start, end),
        (int)shape.CountBetween(end, shape.Rank));
}
