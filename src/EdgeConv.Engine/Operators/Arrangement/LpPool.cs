using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>(Σ |x|^p)^(1/p) of every window; float32.</summary>
internal sealed unsafe class LpPool : PoolOperator
{
    private readonly float _p;

    public LpPool(Node node) : base(node, hasDilations: node.Opset >= 18, hasCeiling: node.Opset >= 18)
    {
        _p = LpNorm.PowerOf(node);
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Require(context.TypeOf(0), 0, DataType.Float32);
        return Outputs(new TensorType(DataType.Float32, PlanWindows(context.ShapeOf(0))));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        for (int plane = 0; plane < Planes; plane++)
        {
            for (int i = 0; i < OutputPlane; i++)
            {
                int w = i % Axes[2].Output;
                int h = i / Axes[2].Output % Axes[1].Output;
                *y++ = NormOf(x, i / Axes[2].Output / Axes[1].Output, h, w);
            }

            x += InputPlane;
        }
    }

    private float NormOf(float* x, int d, int h, int w)
    {
        (int depthFirst, int depthEnd) = Axes[0].TapsInside(d);
        (int rowFirst, int rowEnd) = Axes[1].TapsInside(h);
        (int first, int end) = Axes[2].TapsInside(w);
        double sum = 0;
        for (int kd = depthFirst; kd < depthEnd; kd++)
        {
            for (int kh = rowFirst; kh < rowEnd; kh++)
            {
                long line = ((long)Axes[0].Place(d, kd) * Axes[1].Input) + Axes[1].Place(h, kh);
                float* row = x + (line * Axes[2].Input);
                for (int kw = first; kw < end; kw++)
                    sum += Math.Pow(Math.Abs(row[Axes[2].Place(w, kw)]), _p);
            }
        }

        return (float)Math.Pow(sum, 1 / _p);
    }
}

/// <summary>The attribute <c>p</c> of LpPool and GlobalLpPool.</summary>
internal static class LpNorm
{
    /// <summary>The exponent: a number in opset 1, an integer from 2; 2 by default.</summary>
    /// <exception cref="ModelError">It is not positive.</exception>
    public static float PowerOf(Node node)
    {
        float p = node.Opset < 2
            ? node.Attributes.GetFloat(node, "p", 2)
            : node.Attributes.GetInt(node, "p", 2);
        return p > 0 ? p : throw new ModelError(node.Place, $"'p' is {p}, it must be positive");
    }
}
