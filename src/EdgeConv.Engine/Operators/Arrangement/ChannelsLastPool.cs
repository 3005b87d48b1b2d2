using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Pooling;

namespace EdgeConv.Engine.Operators;

/// <summary>How a pool runs with channels last.</summary>
/// <param name="Shape">The window; all of the image for a global one.</param>
/// <param name="IsMaximum">The greatest element, otherwise the mean.</param>
internal sealed record PoolPlan(PoolingShape Shape, bool IsMaximum);

/// <summary>
/// MaxPool, AveragePool and their global forms of float32 <c>[N,...,C]</c> with one or two spatial axes.
/// </summary>
internal sealed class ChannelsLastPool(Node node, PoolPlan plan) : SharedOperator(node)
{
    private readonly PoolingKernel _kernel = KernelTable.Pooling();

    /// <inheritdoc/>
    public override string? KernelName => _kernel.Name;

    /// <summary>Whether it is the mean of each channel over all positions.</summary>
    public bool IsMean => !plan.IsMaximum && IsWhole;

    /// <summary>The plan for a node with planar values; null when it is none of these pools.</summary>
    public static PoolPlan? Plan(Node node)
    {
        Value input = node.Inputs[0]!;
        if (input.Type != DataType.Float32 || node.Outputs.Length != 1)
            return null;
        return node.Operator switch
        {
            GlobalAveragePool => new PoolPlan(Whole(input.Shape!), false),
            GlobalMaxPool => new PoolPlan(Whole(input.Shape!), true),
            MaxPool max => new PoolPlan(ShapeOf(max.Axes), true),
            AveragePool average =>
                new PoolPlan(ShapeOf(average.Axes) with { CountsPads = average.CountsPads }, false),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        throw new InvalidOperationException("shapes are inferred before the order of axes changes");

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs, Share part)
    {
        Shape shape = outputs[0]!.Shape;
        (int images, int channels) = (shape[0], shape[shape.Rank - 1]);
        ReadOnlySpan<float> x = inputs[0]!.AsSpan<float>();
        Span<float> y = outputs[0]!.AsSpan<float>();
        (int from, int to) = (x.Length / images, y.Length / images);
        for (int n = 0; n < images; n++)
            Run(x.Slice(n * from, from), y.Slice(n * to, to), channels, part);
    }

    private static PoolingShape Whole(Shape planar)
    {
        int height = planar.Rank == 4 ? planar[2] : 1;
        return new PoolingShape
        {
            InputHeight = height,
            InputWidth = planar[planar.Rank - 1],
            OutputHeight = 1,
            OutputWidth = 1,
            KernelHeight = height,
            KernelWidth = planar[planar.Rank - 1],
        };
    }

    private static PoolingShape ShapeOf(SpatialAxis[] axes) => new()
    {
        InputHeight = axes[1].Input,
        InputWidth = axes[2].Input,
        OutputHeight = axes[1].Output,
        OutputWidth = axes[2].Output,
        KernelHeight = axes[1].Kernel,
        KernelWidth = axes[2].Kernel,
        StrideY = axes[1].Stride,
        StrideX = axes[2].Stride,
        DilationY = axes[1].Dilation,
        DilationX = axes[2].Dilation,
        PadTop = axes[1].PadBegin,
        PadLeft = axes[2].PadBegin,
        PadBottom = axes[1].PadEnd,
        PadRight = axes[2].PadEnd,
    };

    private void Run(ReadOnlySpan<float> x, Span<float> y, int channels, Share part)
    {
        if (plan.IsMaximum)
            _kernel.Max(plan.Shape, x, y, channels, part);
        else if (IsWhole)
            _kernel.GlobalAverage(x, y, part);
        else
            _kernel.Average(plan.Shape, x, y, channels, part);
    }

    // A window that covers the image once, without padding.
    private bool IsWhole =>
        plan.Shape is
        {
            OutputHeight: 1, OutputWidth: 1, PadTop: 0, PadLeft: 0, DilationY: 1, DilationX: 1,
        }
        && plan.Shape.KernelHeight == plan.Shape.InputHeight
        && plan.Shape.KernelWidth == plan.Shape.InputWidth;
}
