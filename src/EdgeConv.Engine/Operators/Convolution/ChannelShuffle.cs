using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Elementwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The concatenation of two values with channels last <c>[N,...,C]</c>, shuffled in two groups:
/// y[n,p,2c+j] = x_j[n,p,c], as one output <c>[N,...,2C]</c> or cut into two <c>[N,...,C]</c>.
/// </summary>
internal sealed class ChannelShuffle(Node node) : SharedOperator(node)
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
    protected override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs, Share part)
    {
        int channels = inputs[0]!.Shape[-1];
        (int start, int end) = part.Cut(inputs[0]!.Length / channels, 1);
        (int from, int to) = (start * channels, end * channels);
        bool isCut = outputs.Length > 1;
        _kernel.ShuffleChannels(
            inputs[0]!.AsSpan<float>()[from..to],
            inputs[1]!.AsSpan<float>()[from..to],
            isCut ? outputs[0]!.AsSpan<float>()[from..to] : outputs[0]!.AsSpan<float>()[(2 * from)..(2 * to)],
            isCut ? outputs[1]!.AsSpan<float>()[from..to] : [],
            channels);
    }
}
