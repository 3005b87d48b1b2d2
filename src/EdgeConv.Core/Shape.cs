using System.Diagnostics.CodeAnalysis;

namespace EdgeConv.Core;

/// <summary>
/// The extents of a tensor, outermost first, e.g. <c>[1,3,224,224]</c> for <c>[N,C,H,W]</c>. Immutable.
/// A shape without dimensions is a scalar and has one element; a zero extent makes it empty.
/// </summary>
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>The greatest number of dimensions a tensor may have.</summary>
    public const int MaximumRank = 16;

    private readonly int[] _dimensions;

    /// <summary>Copies <paramref name="dimensions"/>.</summary>
    /// <exception cref="ArgumentException">
    /// A dimension is negative, there are more than <see cref="MaximumRank"/>, or their product overflows.
    /// </exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        if (!TryCount(dimensions, out long count, out string? problem))
            throw new ArgumentException(problem, nameof(dimensions));
        _dimensions = dimensions.ToArray();
        ElementCount = count;
    }

    /// <summary>The shape of a scalar: no dimensions, one element.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>Number of dimensions.</summary>
    public int Rank => _dimensions.Length;

    /// <summary>Product of all dimensions; 1 for a scalar.</summary>
    public long ElementCount { get; }

    /// <summary>The dimensions, outermost first.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>One dimension; a negative <paramref name="axis"/> counts from the end.</summary>
    public int this[int axis] => _dimensions[axis < 0 ? axis + _dimensions.Length : axis];

    /// <summary>Makes a shape of untrusted dimensions.</summary>
    /// <returns>False, with one clause in <paramref name="problem"/>, when they are no shape.</returns>
    public static bool TryCreate(
        ReadOnlySpan<long> dimensions,
        [NotNullWhen(true)] out Shape? shape,
        [NotNullWhen(false)] out string? problem)
    {
        shape = null;
        Span<int> narrow = stackalloc int[MaximumRank];
        if (dimensions.Length > MaximumRank)
        {
            problem = $"{dimensions.Length} dimensions, at most {MaximumRank} are supported";
            return false;
        }

        for (int i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] is < 0 or > int.MaxValue)
            {
                problem = $"dimension {i} is {dimensions[i]}, it must lie in 0..{int.MaxValue}";
                return false;
            }

            narrow[i] = (int)dimensions[i];
        }

        if (!TryCount(narrow[..dimensions.Length], out _, out problem))
            return false;
        shape = new Shape(narrow[..dimensions.Length]);
        return true;
    }

    /// <summary>
    /// Product of the dimensions from <paramref name="start"/> up to, not including, <paramref name="end"/>.
    /// </summary>
    public long CountBetween(int start, int end)
    {
        long count = 1;
        for (int i = start; i < end; i++)
            count *= _dimensions[i];
        return count;
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int dimension in _dimensions)
            hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary>The shape as <c>[1,3,224,224]</c>.</summary>
    public override string ToString() => $"[{string.Join(',', _dimensions)}]";

    // The bound keeps element counts, byte counts and every offset computed from them inside a long.
    private static bool TryCount(
        ReadOnlySpan<int> dimensions, out long count, [NotNullWhen(false)] out string? problem)
    {
        count = 1;
        problem = null;
        if (dimensions.Length > MaximumRank)
        {
            problem = $"{dimensions.Length} dimensions, at most {MaximumRank} are supported";
            return false;
        }

        bool isEmpty = false;
        for (int i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] < 0)
            {
                problem = $"dimension {i} is {dimensions[i]}, it must not be negative";
                return false;
            }

            isEmpty |= dimensions[i] == 0;
            count *= Math.Max(1, dimensions[i]);
            if (count > int.MaxValue)
            {
                problem = $"[{string.Join(',', dimensions.ToArray())}] has more than {int.MaxValue} elements";
                return false;
            }
        }

        if (isEmpty)
            count = 0;
        return true;
    }
}
