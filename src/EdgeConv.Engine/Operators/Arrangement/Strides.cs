using EdgeConv.Core;

namespace EdgeConv.Engine.Operators;

/// <summary>Distances, in elements, between neighbours along each axis of a row-major tensor.</summary>
internal static class Strides
{
    /// <summary>Strides of a dense tensor.</summary>
    public static long[] Of(Shape shape) => Of(shape.Dimensions);

    /// <summary>Strides of a dense tensor.</summary>
    public static long[] Of(ReadOnlySpan<int> extents)
    {
        long[] strides = new long[extents.Length];
        long stride = 1;
        for (int i = extents.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= extents[i];
        }

        return strides;
    }

    /// <summary>
    /// Strides with which a tensor is read as if it had the shape <paramref name="target"/>: 0 along axes
    /// that repeat. Axes are matched from the last one.
    /// </summary>
    public static long[] Broadcast(Shape shape, Shape target)
    {
        long[] own = Of(shape);
        long[] strides = new long[target.Rank];
        int shift = target.Rank - shape.Rank;
        for (int i = 0; i < shape.Rank; i++)
            strides[i + shift] = shape.Dimensions[i] == 1 ? 0 : own[i];
        return strides;
    }
}
