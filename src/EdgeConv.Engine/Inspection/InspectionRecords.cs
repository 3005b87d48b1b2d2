using EdgeConv.Core;
using EdgeConv.Engine.Passes;

namespace EdgeConv.Engine.Inspection;

/// <summary>Name, element type and extents of a value.</summary>
/// <param name="Name">As in the model file, or made by a pass.</param>
/// <param name="Type">Element type: <c>float32</c>.</param>
/// <param name="Shape">Extents, outermost first.</param>
public sealed record InspectedValue(string Name, string Type, IReadOnlyList<int> Shape);

/// <summary>One step of the plan.</summary>
public sealed record InspectedStep
{
    /// <summary>Name of the node.</summary>
    public required string Node { get; init; }

    /// <summary>Its ONNX operator, or the name of what was fused.</summary>
    public required string Operator { get; init; }

    /// <summary>
    /// What was drawn into a convolution, in the order it is done: <c>+residual</c>, <c>+moments</c> (a tap's
    /// mean and variance), <c>+Relu</c>, <c>+mean</c>; empty when nothing was.
    /// </summary>
    public required string Fused { get; init; }

    /// <summary>
    /// The kernel that computes it; <c>view</c> when nothing runs, null when it has no kernel of its own.
    /// </summary>
    public required string? Kernel { get; init; }

    /// <summary>Inputs that are not constant.</summary>
    public required IReadOnlyList<InspectedValue> Inputs { get; init; }

    /// <summary>Outputs.</summary>
    public required IReadOnlyList<InspectedValue> Outputs { get; init; }

    /// <summary>Elements of its constant inputs, weights and biases.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-adds of one run.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>
    /// Input pixels that one output position can see along each spatial axis; null behind an operator that
    /// mixes all positions.
    /// </summary>
    public required IReadOnlyList<int>? ReceptiveField { get; init; }
}

/// <summary>
/// A depthwise convolution with the pointwise one that follows it, against the standard convolution of the
/// same kernel, stride and channels that the two replace.
/// </summary>
/// <param name="Depthwise">Node that filters each channel.</param>
/// <param name="Pointwise">Node that mixes the channels.</param>
/// <param name="Kernel">Extents of the depthwise kernel.</param>
/// <param name="InputChannels">C_in.</param>
/// <param name="OutputChannels">C_out.</param>
/// <param name="MultiplyAdds">Of both together.</param>
/// <param name="StandardMultiplyAdds">Of the standard convolution.</param>
/// <param name="Ratio">
/// The first over the second; for a square kernel k and one filter a channel that is 1/C_out + 1/k² (Howard
/// et al., "MobileNets", 2017, section 3.1).
/// </param>
public sealed record SeparablePair(
    string Depthwise,
    string Pointwise,
    IReadOnlyList<int> Kernel,
    int InputChannels,
    int OutputChannels,
    long MultiplyAdds,
    long StandardMultiplyAdds,
    double Ratio);

/// <summary>A depthwise convolution with the convolutions around it, and how they run.</summary>
/// <param name="Nodes">Names of the nodes, in execution order.</param>
/// <param name="Kernels">
/// Their kernels when they run together, a few rows at a time; empty when layer by layer.
/// </param>
/// <param name="Obstacle">Why they run layer by layer, one clause; null when they do not.</param>
public sealed record InspectedBlock(
    IReadOnlyList<string> Nodes, IReadOnlyList<string> Kernels, string? Obstacle);

/// <summary>A concatenation, and which of its inputs are made where they belong in its output.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Inputs">Number of inputs.</param>
/// <param name="Copies">Those that are copied; where there are none, nothing runs.</param>
public sealed record InspectedConcatenation(string Node, int Inputs, IReadOnlyList<InspectedCopy> Copies);

/// <summary>An input of a concatenation that is copied.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Reason">Why it is not made in the output, one clause.</param>
public sealed record InspectedCopy(string Value, string Reason);

/// <summary>Sums over a model.</summary>
/// <param name="Parameters">Elements of all constants that steps read, shared ones once.</param>
/// <param name="MultiplyAdds">Of one run.</param>
/// <param name="ArenaBytes">The block all activations live in.</param>
/// <param name="LowerBoundBytes">Greatest sum of live activations: no arena can be smaller.</param>
/// <param name="ReceptiveField">The greatest receptive field of any step, along each spatial axis.</param>
public sealed record InspectedTotals(
    long Parameters,
    long MultiplyAdds,
    long ArenaBytes,
    long LowerBoundBytes,
    IReadOnlyList<int> ReceptiveField);

/// <summary>A 1x1 convolution, whose output a gate can tap.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Output">
/// Name of its output before any activation: what to put in <see cref="SessionOptions.Taps"/>.
/// </param>
/// <param name="InputChannels">C_in.</param>
/// <param name="OutputChannels">C_out.</param>
/// <param name="Positions">Spatial positions of the output; 1 inside a squeeze-and-excitation block.</param>
public sealed record PointwiseLayer(
    string Node, string Output, int InputChannels, int OutputChannels, int Positions)
{
    /// <summary>
    /// Whether it takes what a depthwise convolution makes: the second half of a separable one.
    /// </summary>
    public bool IsSeparable { get; init; }

    /// <summary>
    /// Whether the model gives its output away, but for its arrangement or a last activation: predictions, no
    /// features.
    /// </summary>
    public bool IsHead { get; init; }

    /// <summary>Rows of its output; 1 for a layer over time.</summary>
    public int Height { get; init; } = 1;

    /// <summary>Columns of its output, or instants.</summary>
    public int Width { get; init; } = 1;
}

/// <summary>What <c>edgeconv inspect</c> tells of a model.</summary>
public sealed record InspectedModel
{
    /// <summary>Which file.</summary>
    public required ModelIdentity Model { get; init; }

    /// <summary>Version of the operator set.</summary>
    public required int Opset { get; init; }

    /// <summary>What wrote the file; empty when it does not say.</summary>
    public required string Producer { get; init; }

    /// <summary>Inputs of the model.</summary>
    public required IReadOnlyList<InspectedValue> Inputs { get; init; }

    /// <summary>Outputs of the model.</summary>
    public required IReadOnlyList<InspectedValue> Outputs { get; init; }

    /// <summary>Steps in execution order.</summary>
    public required IReadOnlyList<InspectedStep> Steps { get; init; }

    /// <summary>Every depthwise-separable pair.</summary>
    public required IReadOnlyList<SeparablePair> Pairs { get; init; }

    /// <summary>Every depthwise convolution that has neighbours to run together with.</summary>
    public required IReadOnlyList<InspectedBlock> Blocks { get; init; }

    /// <summary>Every concatenation.</summary>
    public required IReadOnlyList<InspectedConcatenation> Concatenations { get; init; }

    /// <summary>What passes changed.</summary>
    public required IReadOnlyList<Rewrite> Rewrites { get; init; }

    /// <summary>Sums.</summary>
    public required InspectedTotals Totals { get; init; }
}
