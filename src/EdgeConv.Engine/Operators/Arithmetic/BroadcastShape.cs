using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// How the shapes of two operands combine: dimensions are aligned at the end and extents of 1 repeat. Below
/// opset 7 the second operand is aligned at attribute <c>axis</c> and only it repeats.
/// </summary>
/// <remarks>https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md</remarks>
internal readonly struct BroadcastShape
{
    private readonly int? _axis;

    private BroadcastShape(int? axis) => _axis = axis;

    /// <summary>The rule of a node, from its opset and legacy attributes.</summary>
    public static BroadcastShape Of(Node node)
    {
        if (node.Opset >= 7)
            return default;
        node.Attributes.Ignore("consumed_inputs");
        bool repeats = node.Attributes.GetInt(node, "broadcast", 0) != 0;
        bool hasAxis = node.Attributes.Has("axis");
        long axis = node.Attributes.GetInt(node, "axis", 0);
        if (axis is < -Shape.MaximumRank or > Shape.MaximumRank)
            throw new ModelError(node.Place, $"axis {axis} does not exist");
        return new BroadcastShape(repeats && hasAxis ? (int)axis : null);
    }

    /// <summary>The second operand starts at dimension <paramref name="axis"/> of the first.</summary>
    public static BroadcastShape AtAxis(int axis) => new(axis);

    /// <summary>The second operand's extents with the trailing ones that its alignment asks for.</summary>
    public ReadOnlySpan<int> Align(Shape second, int firstRank, Span<int> buffer)
    {
        if (_axis is not { } axis)
            return second.Dimensions;
        int start = axis < 0 ? axis + firstRank : axis;
        int trailing = firstRank - start - second.Rank;
        if (trailing <= 0)
            return second.Dimensions;
        second.Dimensions.CopyTo(buffer);
        buffer.Slice(second.Rank, trailing).Fill(1);
        return buffer[..(second.Rank + trailing)];
    }

    /// <summary>The output's shape for these operands, when the model is loaded.</summary>
    /// <exception cref="ModelError">They do not broadcast; names both shapes.</exception>
    public Shape Infer(Node node, Shape first, Shape second)
    {
        Span<int> buffer = stackalloc int[2 * Shape.MaximumRank];
        Span<int> output = stackalloc int[Shape.MaximumRank];
        ReadOnlySpan<int> aligned = Align(second, first.Rank, buffer);
        bool combines = TryCombine(first.Dimensions, aligned, output, out int rank) && Fits(first, second);
        if (!combines || (_axis is not null && !first.Dimensions.SequenceEqual(output[..rank])))
            throw new ModelError(node.Place, $"shapes {first} and {second} do not broadcast");
        Span<long> wide = stackalloc long[rank];
        for (int i = 0; i < rank; i++)
            wide[i] = output[i];
        return Shape.TryCreate(wide, out Shape? shape, out string? problem)
            ? shape
            : throw new ModelError(
                node.Place, $"shapes {first} and {second} broadcast to too much: {problem}");
    }

    /// <summary>Gives the output the shape of this run's operands; allocates only when it changes.</summary>
    public void Fit(Node node, Shape first, Shape second, Tensor output)
    {
        Span<int> buffer = stackalloc int[2 * Shape.MaximumRank];
        Span<int> combined = stackalloc int[Shape.MaximumRank];
        ReadOnlySpan<int> aligned = Align(second, first.Rank, buffer);
        bool fits = TryCombine(first.Dimensions, aligned, combined, out int rank);
        if (!fits || !output.Shape.Dimensions.SequenceEqual(combined[..rank]))
            output.Reshape(Infer(node, first, second));
    }

    /// <summary>Gives the output the shape that all inputs of this run broadcast to.</summary>
    public static void FitAll(Node node, ReadOnlySpan<Tensor?> inputs, Tensor output)
    {
        Span<int> combined = stackalloc int[Shape.MaximumRank];
        int rank = 0;
        foreach (Tensor? input in inputs)
        {
            if (!TryCombine(combined[..rank], input!.Shape.Dimensions, combined, out rank))
                throw new ModelError(node.Place, $"input of shape {input.Shape} does not fit the others");
        }

        if (!output.Shape.Dimensions.SequenceEqual(combined[..rank]))
            output.Reshape(new Shape(combined[..rank]));
    }

    // A second operand that starts at an axis must end within the first; one element fits anywhere.
    private bool Fits(Shape first, Shape second)
    {
        if (_axis is not { } axis || second.ElementCount == 1)
            return true;
        int start = axis < 0 ? axis + first.Rank : axis;
        return start >= 0 && start + second.Rank <= first.Rank;
    }

    // The output may be the first operand: it is filled from the end, behind what is still to be read.
    private static bool TryCombine(
        ReadOnlySpan<int> first, ReadOnlySpan<int> second, Span<int> output, out int rank)
    {
        rank = Math.Max(first.Length, second.Length);
        if (rank > Shape.MaximumRank)
            return false;
        for (int i = 1; i <= rank; i++)
        {
            int a = i <= first.Length ? first[^i] : 1;
            int b = i <= second.Length ? second[^i] : 1;
            if (a != b && a != 1 && b != 1)
                return false;
            output[rank - i] = a == 1 ? b : a;
        }

        return true;
    }
}
