using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Makes the nodes that patterns are replaced by.</summary>
internal static class NewNode
{
    // Shapes and bounds are inputs in this version.
    private const int Opset = 13;

    /// <summary>A node named as <paramref name="origin"/>, without attributes.</summary>
    public static Node Make(Node origin, string operatorName, Value?[] inputs, Value output) =>
        Make(origin, operatorName, inputs, output, []);

    /// <summary>A node named as <paramref name="origin"/>.</summary>
    public static Node Make(
        Node origin,
        string operatorName,
        Value?[] inputs,
        Value output,
        Dictionary<string, object> attributes)
    {
        NodeAttributes all = new(origin.Attributes.ModelName, attributes);
        return new Node(origin.Name, operatorName, Opset, inputs, [output], all);
    }

    /// <summary>A Reshape of <paramref name="input"/> to the shape that the output has.</summary>
    public static Node Reshape(Node origin, Value input, Value output)
    {
        long[] extents = [.. output.Shape!.Dimensions.ToArray().Select(extent => (long)extent)];
        return Make(origin, "Reshape", [input, Constants.Make("shape", output, extents)], output);
    }

    /// <summary>A Relu when that is what the bounds say, else a Clip.</summary>
    public static Node Clamp(Node origin, Value input, Value output, float low, float high)
    {
        if (low == 0 && float.IsPositiveInfinity(high))
            return Make(origin, "Relu", [input], output);
        Value least = Constants.Make("least", output, low);
        Value greatest = Constants.Make("greatest", output, high);
        return Make(origin, "Clip", [input, least, greatest], output);
    }

    /// <summary>A HardSigmoid, min(1, max(0, slope x + offset)).</summary>
    public static Node HardSigmoid(Node origin, Value input, Value output, float slope, float offset) =>
        Make(origin, "HardSigmoid", [input], output, new Dictionary<string, object>
        {
            ["alpha"] = slope,
            ["beta"] = offset,
        });
}
