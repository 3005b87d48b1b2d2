using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>Reads nodes as activation functions.</summary>
internal static class ActivationNodes
{
    /// <summary>ONNX's default of HardSigmoid's alpha; MobileNetV3 means 1/6.</summary>
    private const float DefaultAlpha = 0.2f;
    private const float DefaultBeta = 0.5f;

    /// <summary>The function a node applies to its input 0; null when it does something else.</summary>
    public static Activation? Of(Node node)
    {
        if (node.Outputs is not [{ Type: DataType.Float32 }])
            return null;
        return node.OperatorName switch
        {
            "Relu" => Activation.Relu,
            "Sigmoid" => Activation.Sigmoid,
            "Tanh" => Activation.Tanh,
            "HardSwish" => Activation.HardSwish,
            "HardSigmoid" => HardSigmoid(node),
            "Clip" => Clip(node),
            "Min" or "Max" => Clamp(node),
            _ => (node.Operator as ElementwiseActivation)?.Activation,
        };
    }

    private static Activation HardSigmoid(Node node) => Activation.HardSigmoid(
        node.Attributes.GetFloat(node, "alpha", DefaultAlpha),
        node.Attributes.GetFloat(node, "beta", DefaultBeta));

    // Bounds are attributes below operator set 11 and inputs from there on; either may be left out.
    private static Activation? Clip(Node node)
    {
        bool hasAttributes = node.Opset < 11;
        float? minimum = hasAttributes
            ? node.Attributes.GetFloat(node, "min", float.NegativeInfinity)
            : Bound(node, 1, float.NegativeInfinity);
        float? maximum = hasAttributes
            ? node.Attributes.GetFloat(node, "max", float.PositiveInfinity)
            : Bound(node, 2, float.PositiveInfinity);
        return minimum is { } low && maximum is { } high && low <= high ? Activation.Clip(low, high) : null;
    }

    private static float? Bound(Node node, int input, float missing) =>
        input < node.Inputs.Length && node.Inputs[input] is { } value ? Constants.ScalarOf(value) : missing;

    // min(x, k) and max(x, k).
    private static Activation? Clamp(Node node)
    {
        if (node.Inputs.Length != 2 || Constants.ScalarOf(node.Inputs[1]) is not { } bound
            || float.IsNaN(bound) || !node.Outputs[0]!.Shape!.Equals(node.Inputs[0]!.Shape))
        {
            return null;
        }

        return node.OperatorName == "Min"
            ? Activation.Clip(float.NegativeInfinity, bound)
            : Activation.Clip(bound, float.PositiveInfinity);
    }
}
