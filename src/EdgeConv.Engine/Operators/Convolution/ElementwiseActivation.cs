using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Elementwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = activation(x): several nodes of a model that are one function, such as x · sigmoid(x).
/// </summary>
internal sealed class ElementwiseActivation(Node node, Activation activation) : SharedOperator(node)
{
    // In floats.
    private const int CacheLine = 16;

    private readonly ElementwiseKernel _kernel = KernelTable.Elementwise();

    /// <summary>The function.</summary>
    public Activation Activation { get; } = activation;

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        [new TensorType(context.TypeOf(0), context.ShapeOf(0))];

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input == 0;

    /// <inheritdoc/>
    public override string? KernelName => _kernel.Name;

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs, Share part)
    {
        ReadOnlySpan<float> x = inputs[0]!.AsSpan<float>();
        (int start, int end) = part.Cut(x.Length, CacheLine);
        _kernel.Activate(Activation, x[start..end], outputs[0]!.AsSpan<float>()[start..end]);
    }
}
