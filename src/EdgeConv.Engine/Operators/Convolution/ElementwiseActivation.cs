using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Operators;

/// <summary>y = activation(x): several nodes of a model that are one function, such as x · sigmoid(x).</summary>
internal sealed unsafe class ElementwiseActivation(Node node, Activation activation) : Operator(node)
{
    /// <summary>The function.</summary>
    public Activation Activation { get; } = activation;

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        [new TensorType(context.TypeOf(0), context.ShapeOf(0))];

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => input == 0;

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        float* source = (float*)inputs[0]!.Data;
        float* destination = (float*)outputs[0]!.Data;
        for (int i = 0; i < outputs[0]!.Length; i++)
            destination[i] = ScalarActivation.Apply(Activation, source[i]);
    }
}
