using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The mean of every window: over the elements on the input or, with <c>count_include_pad</c>, on the padded
/// input; what <c>ceil_mode</c> adds behind the padding never counts. float32.
/// </summary>
internal sealed unsafe class AveragePool : PoolOperator
{
    private float[] _row = [];
    private float[][] _counts = [];

    public AveragePool(Node node) : base(node, hasDilations: node.Opset >= 19, hasCeiling: node.Opset >= 10)
    {
        if (node.Opset >= 7)
            CountsPads = node.Attributes.GetInt(node, "count_include_pad", 0) != 0;
    }

    /// <summary>Whether padding counts as elements.</summary>
    public bool CountsPads { get; }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Require(context.TypeOf(0), 0, DataType.Float32);
        Shape shape = PlanWindows(context.ShapeOf(0));
        _row = new float[Math.Max(1, Axes[2].Input)];
        _counts = [.. Axes.Select(CountsOf)];
        return Outputs(new TensorType(DataType.Float32, shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        fixed (float* row = _row)
        {
            for (int plane = 0; plane < Planes; plane++)
            {
                PoolPlane(x + ((long)plane * InputPlane), y, row);
                y += OutputPlane;
            }
        }
    }

    private void PoolPlane(float* x, float* y, float* row)
    {
        int width = Axes[2].Input;
        for (int d = 0; d < Axes[0].Output; d++)
        {
            (int depthFirst, int depthEnd) = Axes[0].TapsInside(d);
            for (int h = 0; h < Axes[1].Output; h++)
            {
                (int first, int end) = Axes[1].TapsInside(h);
                new Span<float>(row, width).Clear();
                for (int kd = depthFirst; kd < depthEnd; kd++)
                {
                    float* slice = x + ((long)Axes[0].Place(d, kd) * Axes[1].Input * width);
                    for (int kh = first; kh < end; kh++)
                        RowLoops.Add(row, slice + ((long)Axes[1].Place(h, kh) * width), width);
                }

                y = PoolRow(row, y, _counts[0][d] * _counts[1][h]);
            }
        }
    }

    private float* PoolRow(float* row, float* y, float rows)
    {
        int step = Axes[2].Dilation;
        for (int w = 0; w < Columns.Length; w++)
        {
            (int place, int taps) = Columns[w];
            float sum = 0;
            for (int k = 0; k < taps; k++, place += step)
                sum += row[place];
            float count = rows * _counts[2][w];
            *y++ = count == 0 ? 0 : sum / count;
        }

        return y;
    }

    private float[] CountsOf(SpatialAxis axis)
    {
        float[] counts = new float[axis.Output];
        for (int i = 0; i < counts.Length; i++)
        {
            (int first, int end) = axis.TapsInside(i);
            long room = axis.Input + axis.PadEnd - (((long)i * axis.Stride) - axis.PadBegin);
            counts[i] = CountsPads ? Math.Min(axis.Kernel, ((room - 1) / axis.Dilation) + 1) : end - first;
        }

        return counts;
    }
}
