using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// [N, C·b², H, W] → [N, C, H·b, W·b]. Channels hold the b×b block outermost (mode <c>DCR</c>) or innermost
/// (<c>CRD</c>).
/// </summary>
internal sealed class DepthToSpace : CopyOperator
{
    private readonly bool _isBlockInner;
    private readonly long _block;

    public DepthToSpace(Node node) : base(node)
    {
        _block = node.Attributes.GetInt(node, "blocksize");
        string mode = node.Opset >= 11 ? node.Attributes.GetString(node, "mode", "DCR") : "DCR";
        if (mode is not ("DCR" or "CRD"))
            throw Error($"'mode' is '{mode}', it must be DCR or CRD");
        _isBlockInner = mode == "CRD";
    }

    /// <inheritdoc/>
    protected override (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        if (shape.Rank != 4 || _block is < 1 or > short.MaxValue || shape[1] % (_block * _block) != 0)
            throw Error($"an input of shape {shape} cannot be unfolded into blocks of {_block}");
        (int n, int h, int w, int b) = (shape[0], shape[2], shape[3], (int)_block);
        int channels = shape[1] / (b * b);
        long plane = (long)h * w;
        (long block, long channel) = _isBlockInner ? (plane, plane * b * b) : (plane * channels, plane);
        Shape output = ShapeOf(n, channels, (long)h * b, (long)w * b);
        StridedCopy copy = StridedCopy.ToDense(
            [n, channels, h, b, w, b],
            [plane * shape[1], channel, w, block * b, 1, block]);
        return (output, copy);
    }
}

/// <summary>[N, C, H·b, W·b] → [N, b²·C, H, W], the block outermost in the channels.</summary>
internal sealed class SpaceToDepth(Node node) : CopyOperator(node)
{
    private readonly long _block = node.Attributes.GetInt(node, "blocksize");

    /// <inheritdoc/>
    protected override (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        if (shape.Rank != 4 || _block is < 1 or > short.MaxValue || shape[2] % _block != 0
            || shape[3] % _block != 0)
            throw Error($"an input of shape {shape} cannot be folded into blocks of {_block}");
        (int n, int c, int b) = (shape[0], shape[1], (int)_block);
        (int h, int w) = (shape[2] / b, shape[3] / b);
        long row = shape[3];
        long plane = row * shape[2];
        StridedCopy copy = StridedCopy.ToDense([n, b, b, c, h, w], [plane * c, row, 1, plane, row * b, b]);
        return (ShapeOf(n, (long)c * b * b, h, w), copy);
    }
}
