using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Elementwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y[n,p,c] = x[n,p,c] s[n,c] with channels last: Mul of <c>[N,...,C]</c> and <c>[N,1,...,C]</c>, the last step
/// of squeeze-and-excitation. x is input 0.
/// </summary>
internal sealed class ChannelScale(Node node) : SharedOperator(node)
{
    private readonly ElementwiseKernel _kernel = KernelTable.Elementwise();

    /// <inheritdoc/>
    public override string? KernelName => _kernel.Name;

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        [new TensorType(context.TypeOf(0), context.ShapeOf(0))];

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input == 0;

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs, Share part)
    {
        ReadOnlySpan<float> x = inputs[0]!.AsSpan<float>(), scales = inputs[1]!.AsSpan<float>();
        Span<float> y = outputs[0]!.AsSpan<float>();
        int images = outputs[0]!.Shape[0];
        (int elements, int channels) = (x.Length / images, scales.Length / images);
        (int start, int end) = part.Cut(elements / channels, 1);
        for (int n = 0; n < images; n++)
        {
            int first = (n * elements) + (start * channels), count = (end - start) * channels;
            _kernel.ScaleChannels(
                x.Slice(first, count), scales.Slice(n * channels, channels), y.Slice(first, count));
        }
    }
}
