using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>Which nodes run with channels last, and as what.</summary>
internal static class LayoutRules
{
    // Below it an operand is lined up by an attribute instead of from the last axis.
    private const int BroadcastOpset = 7;

    /// <summary>Adds the node with channels last; false when it has to stay as it is.</summary>
    public static bool TryRewrite(Node node, LayoutBuilder builder) => node.Operator switch
    {
        _ when node.Outputs.Length > 0 && node.Outputs.All(builder.HasLast) => true,
        Convolution convolution => TryConvolution(node, convolution, builder),
        TapStatistics tap => builder.HasLast(node.Inputs[0]) && Read(node, tap.WithChannelsLast, builder),
        TapMap map => builder.HasLast(node.Inputs[0]) && Read(node, map.WithChannelsLast, builder),
        Transpose => builder.HasLast(node.Inputs[0]) && Reorder(node, builder),
        Reshape => LayoutShuffle.TryRewrite(node, builder),
        Split => builder.HasLast(node.Inputs[0]) && LayoutAxes.TrySplit(node, builder),
        _ when !IsRewritable(node) || !node.Inputs.Any(builder.HasLast) => false,
        MaxPool or AveragePool or GlobalAveragePool or GlobalMaxPool => TryPool(node, builder),
        Concat => TryConcat(node, builder),
        Slice => LayoutAxes.TrySlice(node, builder),
        Pad => LayoutAxes.TryPad(node, builder),
        Resize => LayoutAxes.TryResize(node, builder),
        _ when node.OperatorName == "Mul" && ScaleOf(node) is { } scale => Scale(node, scale, builder),
        ElementwiseActivation or UnaryOperator or ClipOperator or BroadcastOperator =>
            TryElementwise(node, builder),
        _ => false,
    };

    private static bool IsRewritable(Node node) =>
        node.Outputs is [{ Shape.Rank: 3 or 4, Shape.ElementCount: > 0 }];

    private static bool TryConvolution(Node node, Convolution convolution, LayoutBuilder builder)
    {
        Value? bias = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        if (!node.Inputs[1]!.IsConstant || bias is { IsConstant: false }
            || !LayerShape.Exists(convolution.Geometry))
        {
            return false;
        }

        Value?[] inputs = [.. node.Inputs];
        bool isPlanar = LayerShape.WantsPlanes(convolution.Geometry) && !builder.IsNearLast(inputs[0]!);
        inputs[0] = isPlanar ? builder.Planar(inputs[0]!) : builder.Last(inputs[0]!);
        if (convolution.HasResidual)
            inputs[^1] = builder.Last(inputs[^1]!);
        Node last = Copy(node, inputs, builder);
        last.Operator = convolution.WithChannelsLast(last, isPlanar);
        builder.Add(last);
        return true;
    }

    private static bool Read(Node node, Func<Node, Operator> withChannelsLast, LayoutBuilder builder)
    {
        Node last = new(
            node.Name, node.OperatorName, node.Opset, [builder.Last(node.Inputs[0]!)], node.Outputs,
            node.Attributes);
        last.Operator = withChannelsLast(last);
        builder.AddPlanar(last);
        return true;
    }

    // The model's own permutation of a value that is there with channels last.
    private static bool Reorder(Node node, LayoutBuilder builder)
    {
        Value last = builder.Last(node.Inputs[0]!), output = node.Outputs[0]!;
        int rank = last.Shape!.Rank;
        int[] toPlanar = LayoutBuilder.ToPlanar(rank);
        int[] order = [.. TransposeOrder.Of(node, rank).Select(axis => toPlanar[axis])];
        if (LayoutBuilder.IsIdentity(order))
            builder.Alias(output, last);
        else
            builder.Reorder(last, output, order);
        return true;
    }

    private static bool TryPool(Node node, LayoutBuilder builder)
    {
        if (ChannelsLastPool.Plan(node) is not { } plan)
            return false;
        Node last = Copy(node, [builder.Last(node.Inputs[0]!)], builder);
        last.Operator = new ChannelsLastPool(last, plan);
        builder.Add(last);
        return true;
    }

    private static bool TryConcat(Node node, LayoutBuilder builder)
    {
        int rank = node.Outputs[0]!.Shape!.Rank;
        long axis = node.Attributes.GetInt(node, "axis", 1);
        int planar = (int)(axis < 0 ? axis + rank : axis);
        long last = Array.IndexOf(LayoutBuilder.ToLast(rank), planar);
        Value[] inputs = [.. node.Inputs.Select(input => builder.Last(input!))];
        Add(node, inputs, node.Attributes.With("axis", last), builder);
        return true;
    }

    // The input of a product that has one number for each channel of each image, where the other has all.
    private static Value? ScaleOf(Node node)
    {
        Shape output = node.Outputs[0]!.Shape!;
        if (node.Outputs[0]!.Type != DataType.Float32 || node.Inputs is not [{ } first, { } second])
            return null;
        Value scale = first.Shape!.Equals(output) ? second : first;
        Value other = scale == first ? second : first;
        bool isScale = scale.Shape!.Rank == output.Rank && scale.Shape[0] == output[0]
            && scale.Shape[1] == output[1] && scale.Shape.ElementCount == (long)output[0] * output[1];
        return isScale && other.Shape!.Equals(output) ? scale : null;
    }

    private static bool Scale(Node node, Value scale, LayoutBuilder builder)
    {
        Value other = node.Inputs[0] == scale ? node.Inputs[1]! : node.Inputs[0]!;
        Node last = Copy(node, [builder.Last(other), builder.Last(scale)], builder);
        last.Operator = new ChannelScale(last);
        builder.Add(last);
        return true;
    }

    private static bool TryElementwise(Node node, LayoutBuilder builder)
    {
        Shape output = node.Outputs[0]!.Shape!;
        Value?[] inputs = [.. node.Inputs];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not { } input || IsSingle(input))
                continue;
            bool isAligned = node.Opset >= BroadcastOpset || input.Shape!.Equals(output);
            if (input.Shape!.Rank != output.Rank || !isAligned)
                return false;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } input && !IsSingle(input))
                inputs[i] = builder.Last(input);
        }

        Add(node, inputs, node.Attributes, builder);
        return true;
    }

    private static bool IsSingle(Value value) => value.Constant is { Length: 1 };

    private static Node Copy(Node node, Value?[] inputs, LayoutBuilder builder) => new(
        node.Name, node.OperatorName, node.Opset, inputs, [builder.Define(node.Outputs[0]!)],
        node.Attributes);

    /// <summary>Adds the same operator on inputs with channels last.</summary>
    public static void Add(Node node, Value?[] inputs, NodeAttributes attributes, LayoutBuilder builder)
    {
        Value[] outputs = [.. node.Outputs.Select(output => builder.Define(output!))];
        Node last = new(node.Name, node.OperatorName, node.Opset, inputs, outputs, attributes);
        Operator operation = last.Operator = node.Operator is ElementwiseActivation fused
            ? new ElementwiseActivation(last, fused.Activation)
            : OperatorTable.Create(last);
        TensorType[] types = operation.Infer(new InferenceContext(last));
        for (int i = 0; i < outputs.Length; i++)
        {
            if (!types[i].Shape.Equals(outputs[i].Shape))
                throw new InvalidOperationException($"{last} made {types[i].Shape} of what was {outputs[i]}");
        }

        builder.Add(last);
    }
}
