using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Rules of <see cref="LayoutRules"/> for operators that name axes or have a number for each: the same
/// operator with its axes renumbered.
/// </summary>
internal static class LayoutAxes
{
    // From these on the axes, or the numbers for them, are inputs.
    private const int SliceInputs = 10;
    private const int PadInputs = 11;
    private const int ResizeInputs = 11;

    /// <summary>Slice along any axes.</summary>
    public static bool TrySlice(Node node, LayoutBuilder builder)
    {
        int rank = node.Inputs[0]!.Shape!.Rank;
        if (node.Opset < SliceInputs)
        {
            int count = node.Attributes.GetInts(node, "starts")!.Length;
            long[] named = node.Attributes.GetInts(node, "axes") ?? Count(count);
            NodeAttributes attributes = node.Attributes.With("axes", Renumber(named, rank));
            LayoutRules.Add(node, [builder.Last(node.Inputs[0]!)], attributes, builder);
            return true;
        }

        long[] axes = Constants.Integers(node, 3) ?? Count(node.Inputs[1]!.Constant!.Length);
        Value?[] inputs = [.. node.Inputs];
        if (inputs.Length < 4)
            Array.Resize(ref inputs, 4);
        inputs[0] = builder.Last(inputs[0]!);
        inputs[3] = Constants.Make("axes", node.Outputs[0]!, Renumber(axes, rank));
        LayoutRules.Add(node, inputs, node.Attributes, builder);
        return true;
    }

    /// <summary>Pad, with a pair of numbers for each axis.</summary>
    public static bool TryPad(Node node, LayoutBuilder builder)
    {
        int rank = node.Inputs[0]!.Shape!.Rank;
        if (node.Opset < PadInputs)
        {
            string name = node.Attributes.Has("pads") ? "pads" : "paddings";
            long[] pads = node.Attributes.GetInts(node, name)!;
            NodeAttributes attributes = node.Attributes.With(name, PermutePairs(pads, rank));
            LayoutRules.Add(node, [builder.Last(node.Inputs[0]!)], attributes, builder);
            return true;
        }

        if (node.Inputs.Length > 3 || Constants.Integers(node, 1) is not { } given || given.Length != 2 * rank)
            return false;
        Value?[] inputs = [.. node.Inputs];
        inputs[0] = builder.Last(inputs[0]!);
        inputs[1] = Constants.Make("pads", node.Outputs[0]!, PermutePairs(given, rank));
        LayoutRules.Add(node, inputs, node.Attributes, builder);
        return true;
    }

    /// <summary>Resize and Upsample with a constant scale or size for each axis.</summary>
    public static bool TryResize(Node node, LayoutBuilder builder)
    {
        int rank = node.Inputs[0]!.Shape!.Rank;
        bool hasRegion = node.Attributes.GetString(node, "coordinate_transformation_mode", "")
            == "tf_crop_and_resize";
        if (hasRegion || node.Attributes.Has("axes") || node.Attributes.Has("scales"))
            return false;
        Value?[] inputs = [.. node.Inputs];
        inputs[0] = builder.Last(inputs[0]!);
        for (int i = node.Opset < ResizeInputs ? 1 : 2; i < inputs.Length; i++)
        {
            if (inputs[i] is { Constant: { Length: > 0 } constant } input)
                inputs[i] = Permuted(input, constant, rank);
        }

        LayoutRules.Add(node, inputs, node.Attributes, builder);
        return true;
    }

    /// <summary>Split along any axis.</summary>
    public static bool TrySplit(Node node, LayoutBuilder builder)
    {
        int rank = node.Inputs[0]!.Shape!.Rank;
        if (rank is not (3 or 4) || node.Outputs.Any(output => output is not { Shape.ElementCount: > 0 }))
            return false;
        long axis = Renumber([node.Attributes.GetInt(node, "axis", 0)], rank)[0];
        Value?[] inputs = [builder.Last(node.Inputs[0]!), .. node.Inputs.Skip(1)];
        LayoutRules.Add(node, inputs, node.Attributes.With("axis", axis), builder);
        return true;
    }

    private static long[] Count(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    private static long[] Renumber(long[] axes, int rank)
    {
        int[] toLast = LayoutBuilder.ToLast(rank);
        return [.. axes.Select(axis => (long)Array.IndexOf(toLast, (int)(axis < 0 ? axis + rank : axis)))];
    }

    private static long[] PermutePairs(long[] pairs, int rank)
    {
        int[] toLast = LayoutBuilder.ToLast(rank);
        return [.. toLast.Select(axis => pairs[axis]), .. toLast.Select(axis => pairs[axis + rank])];
    }

    private static Value Permuted(Value value, Tensor constant, int rank)
    {
        int[] toLast = LayoutBuilder.ToLast(rank);
        Tensor permuted = new(constant.Type, constant.Shape);
        int size = DataTypes.SizeOf(constant.Type);
        for (int i = 0; i < rank; i++)
        {
            ReadOnlySpan<byte> element = constant.AsBytes().Slice(toLast[i] * size, size);
            element.CopyTo(permuted.AsBytes()[(i * size)..]);
        }

        return new Value($"{value.Name} channels last")
        {
            Type = constant.Type,
            Shape = constant.Shape,
            Constant = permuted,
        };
    }
}
