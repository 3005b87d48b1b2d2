namespace EdgeConv.Kernels;

/// <summary>The functions that a kernel can apply to what it has just computed.</summary>
public enum ActivationKind
{
    /// <summary>y = x.</summary>
    None,

    /// <summary>y = max(0, x).</summary>
    Relu,

    /// <summary>y = min(B, max(A, x)).</summary>
    Clip,

    /// <summary>y = min(1, max(0, A x + B)).</summary>
    HardSigmoid,

    /// <summary>y = x min(1, max(0, x / 6 + 1/2)).</summary>
    HardSwish,

    /// <summary>y = 1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>y = x / (1 + e^-x), also called swish.</summary>
    Silu,

    /// <summary>y = tanh x.</summary>
    Tanh,

    /// <summary>y = e^x.</summary>
    Exp,
}

/// <summary>
/// An activation function and its parameters: the fused epilogue of a layer. NaN stays NaN.
/// </summary>
/// <param name="Kind">The function.</param>
/// <param name="A">Its first parameter, where it has one.</param>
/// <param name="B">Its second parameter, where it has one.</param>
public readonly record struct Activation(ActivationKind Kind, float A = 0, float B = 0)
{
    /// <summary>y = x.</summary>
    public static Activation None => default;

    /// <summary>y = max(0, x).</summary>
    public static Activation Relu => new(ActivationKind.Relu);

    /// <summary>y = min(6, max(0, x)).</summary>
    public static Activation Relu6 => Clip(0, 6);

    /// <summary>y = x min(1, max(0, x / 6 + 1/2)).</summary>
    public static Activation HardSwish => new(ActivationKind.HardSwish);

    /// <summary>y = 1 / (1 + e^-x).</summary>
    public static Activation Sigmoid => new(ActivationKind.Sigmoid);

    /// <summary>y = x / (1 + e^-x).</summary>
    public static Activation Silu => new(ActivationKind.Silu);

    /// <summary>y = tanh x.</summary>
    public static Activation Tanh => new(ActivationKind.Tanh);

    /// <summary>y = e^x.</summary>
    public static Activation Exp => new(ActivationKind.Exp);

    /// <summary>
    /// Smallest value of the clamp that a tile applies in registers; -∞ where there is none.
    /// </summary>
    internal float Lower => Kind switch
    {
        ActivationKind.Relu => 0,
        ActivationKind.Clip => A,
        _ => float.NegativeInfinity,
    };

    /// <summary>
    /// Greatest value of the clamp that a tile applies in registers; +∞ where there is none.
    /// </summary>
    internal float Upper => Kind == ActivationKind.Clip ? B : float.PositiveInfinity;

    /// <summary>
    /// True when more than a clamp is left to do, in a pass over what still lies in the cache.
    /// </summary>
    internal bool NeedsPass =>
        Kind is not (ActivationKind.None or ActivationKind.Relu or ActivationKind.Clip);

    /// <summary>y = min(<paramref name="maximum"/>, max(<paramref name="minimum"/>, x)).</summary>
    public static Activation Clip(float minimum, float maximum) => new(ActivationKind.Clip, minimum, maximum);

    /// <summary>
    /// y = min(1, max(0, <paramref name="alpha"/> x + <paramref name="beta"/>)); ONNX defaults to alpha 0.2,
    /// MobileNetV3 means 1/6.
    /// </summary>
    public static Activation HardSigmoid(float alpha, float beta) =>
        new(ActivationKind.HardSigmoid, alpha, beta);
}
