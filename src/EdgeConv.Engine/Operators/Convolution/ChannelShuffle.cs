using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Elementwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The concatenation of two values with channels last <c>[N,...,C]</c>, shuffled in two groups:
/// y[n,p,2c+j] = x_j[n,p,c], as one output <c>[N,...,2C]</c> or cut into two <c>[N,...,C]</c>.
/// </summary>
internal sealed class ChannelShuffle(Node node) : Operator(node)
{
    /// <summary>Its name as an operator.</summary>
    public const string Name = "ChannelShuffle";

    private readonly ElementwiseKernel _kernel = KernelTable.Elementwise();

    /// <inheritdoc/>
    public override string? KernelName => _kernel.Name;

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        throw new InvalidOperationException("shapes are inferred before the order of axes changes");

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        _kernel.ShuffleChannels(
            inputs[0]!.AsSpan<float>(),
            inputs[1]!.AsSpan<float>(),
            outputs[0]!.AsSpan<float>(),
            outputs.Length > 1 ? outputs[1]!.AsSpan<float>() : [],
            inputs[0]!.Shape[-1]);
}
