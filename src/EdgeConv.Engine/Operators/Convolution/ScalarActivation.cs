using EdgeConv.Kernels;

namespace EdgeConv.Engine.Operators;

/// <summary>Activation functions one value at a time, for <see cref="DirectConvolution"/>.</summary>
internal static class ScalarActivation
{
    /// <summary>activation(x), computed in double precision. NaN stays NaN.</summary>
    public static float Apply(Activation activation, double x) => (float)(activation.Kind switch
    {
        ActivationKind.None => x,
        ActivationKind.Relu => Math.Max(0, x),
        ActivationKind.Clip => Math.Min(activation.B, Math.Max(activation.A, x)),
        ActivationKind.HardSigmoid => Math.Min(1, Math.Max(0, (activation.A * x) + activation.B)),
        ActivationKind.HardSwish => x * Math.Min(1, Math.Max(0, (x / 6) + 0.5)),
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        ActivationKind.Silu => x / (1 + Math.Exp(-x)),
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.Exp => Math.Exp(x),
        _ => throw new InvalidOperationException($"activation {activation.Kind} is not known"),
    });
}
