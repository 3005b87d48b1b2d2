using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>One number for every channel: [N, C, …] → [N, C, 1, …]; float32.</summary>
internal abstract unsafe class GlobalPool(Node node) : ShapedOperator(node)
{
    private int _plane;

    /// <summary>The number of one channel of <paramref name="count"/> elements.</summary>
    protected abstract float Reduce(float* x, int count);

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        Require(context.TypeOf(0), 0, DataType.Float32);
        RequireRank(shape, 0, 2);
        _plane = (int)shape.CountBetween(2, shape.Rank);
        if (_plane == 0)
            throw Error($"input 0 has shape {shape}, its channels are empty");
        int[] extents = shape.Dimensions.ToArray();
        extents.AsSpan(2).Fill(1);
        return Outputs(new TensorType(DataType.Float32, new Shape(extents)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        for (int i = 0; i < outputs[0]!.Length; i++)
            y[i] = Reduce(x + ((long)i * _plane), _plane);
    }
}

/// <summary>y = Σ x / count.</summary>
internal sealed unsafe class GlobalAveragePool(Node node) : GlobalPool(node)
{
    /// <inheritdoc/>
    protected override float Reduce(float* x, int count) => RowLoops.Sum(x, count) / count;
}

/// <summary>y = max x.</summary>
internal sealed unsafe class GlobalMaxPool(Node node) : GlobalPool(node)
{
    /// <inheritdoc/>
    protected override float Reduce(float* x, int count)
    {
        float greatest = x[0];
        for (int i = 1; i < count; i++)
            greatest = MathF.Max(greatest, x[i]);
        return greatest;
    }
}

/// <summary>y = (Σ |x|^p)^(1/p).</summary>
internal sealed unsafe class GlobalLpPool(Node node) : GlobalPool(node)
{
    private readonly float _p = LpNorm.PowerOf(node);

    /// <inheritdoc/>
    protected override float Reduce(float* x, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += Math.Pow(Math.Abs(x[i]), _p);
        return (float)Math.Pow(sum, 1 / _p);
    }
}
