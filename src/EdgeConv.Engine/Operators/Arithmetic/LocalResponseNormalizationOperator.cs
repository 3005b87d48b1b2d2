using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// LRN: y = x / (bias + α/size · Σ x²)^β with the sum over <c>size</c> channels around each; x is
/// <c>[N,C,…]</c>.
/// </summary>
internal sealed unsafe class LocalResponseNormalizationOperator : Operator
{
    private readonly float _alpha;
    private readonly float _beta;
    private readonly float _bias;
    private readonly int _size;

    public LocalResponseNormalizationOperator(Node node) : base(node)
    {
        _alpha = node.Attributes.GetFloat(node, "alpha", 1e-4f);
        _beta = node.Attributes.GetFloat(node, "beta", 0.75f);
        _bias = node.Attributes.GetFloat(node, "bias", 1);
        long size = node.Attributes.GetInt(node, "size");
        if (size is < 1 or > int.MaxValue)
            throw new ModelError(node.Place, $"attribute 'size' is {size}, it must be 1 or more");
        _size = (int)size;
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 1);
        context.RequireType(0, DataType.Float32);
        if (context.ShapeOf(0).Rank < 2)
            throw new ModelError(Node.Place, $"input has shape {context.ShapeOf(0)}, it must be [N,C,…]");
        return [new TensorType(DataType.Float32, context.ShapeOf(0))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        AxisSplit split = AxisSplit.At(inputs[0]!.Shape, 1);
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        for (int n = 0; n < split.Outer; n++, x += (long)split.Extent * split.Inner)
        {
            for (int c = 0; c < split.Extent; c++, y += split.Inner)
                Channel(x, y, split, c);
        }
    }

    private void Channel(float* x, float* y, AxisSplit split, int channel)
    {
        int first = Math.Max(0, channel - (_size - 1) / 2);
        int last = (int)Math.Min(split.Extent - 1, channel + (long)_size / 2);
        for (int i = 0; i < split.Inner; i++)
        {
            float sum = 0;
            for (int c = first; c <= last; c++)
            {
                float value = x[(long)c * split.Inner + i];
                sum += value * value;
            }

            y[i] = x[(long)channel * split.Inner + i] / MathF.Pow(_bias + _alpha / _size * sum, _beta);
        }
    }
}
