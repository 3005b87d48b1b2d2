using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// For every class of every image takes boxes by falling score, those apart that overlap a taken one by more
/// than the threshold. Inputs: boxes [N, B, 4], scores [N, C, B], most boxes a class, overlap threshold,
/// score threshold. Output: int64 [taken, 3] of (image, class, box).
/// </summary>
internal sealed unsafe class NonMaxSuppression(Node node) : ShapedOperator(node)
{
    private readonly bool _isCentred = node.Attributes.GetInt(node, "center_point_box", 0) != 0;
    private readonly RowCount _rows = new();
    private ulong[] _order = [];
    private int[] _taken = [];

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape boxes = context.ShapeOf(0);
        Shape scores = context.ShapeOf(1);
        Require(context.TypeOf(0), 0, DataType.Float32);
        Require(context.TypeOf(1), 1, DataType.Float32);
        if (boxes.Rank != 3 || boxes[2] != 4 || scores.Rank != 3 || scores[0] != boxes[0]
            || scores[2] != boxes[1])
            throw Error($"boxes {boxes} and scores {scores} must be [N, B, 4] and [N, C, B]");
        CheckNumber(context, 2, DataType.Int64);
        CheckNumber(context, 3, DataType.Float32);
        CheckNumber(context, 4, DataType.Float32);
        long most = boxes[1];
        if (!context.Has(2))
            most = 0;
        else if (context.Node.Inputs[2]!.Constant is { } constant)
            most = Math.Clamp(constant.AsSpan<long>()[0], 0, most);
        _order = new ulong[boxes[1]];
        _taken = new int[most];
        return Outputs(new TensorType(DataType.Int64, ShapeOf(scores.CountBetween(0, 2) * most, 3)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor scores = inputs[1]!;
        (int classes, int boxes) = (scores.Shape[1], scores.Shape[2]);
        int most = inputs.Length > 2 && inputs[2] is { } limit
            ? (int)Math.Clamp(limit.AsSpan<long>()[0], 0, _taken.Length)
            : 0;
        float overlap = NumberAt(inputs, 3, 0);
        if (overlap is not (>= 0 and <= 1))
            throw Error($"the overlap threshold is {overlap}, it must lie in 0..1");
        float least = NumberAt(inputs, 4, float.NegativeInfinity);
        long* y = (long*)outputs[0]!.Data;
        int rows = 0;
        for (int i = 0; i < scores.Shape[0] * classes; i++)
        {
            float* corners = (float*)inputs[0]!.Data + ((long)(i / classes) * boxes * 4);
            int candidates = Sort((float*)scores.Data + ((long)i * boxes), boxes, least);
            int count = Take(corners, candidates, most, overlap);
            for (int k = 0; k < count; k++)
            {
                (y[0], y[1], y[2]) = (i / classes, i % classes, _taken[k]);
                y += 3;
            }

            rows += count;
        }

        outputs[0]!.Reshape(_rows.ShapeOf(rows, 3));
    }

    private void CheckNumber(InferenceContext context, int input, DataType type)
    {
        if (!context.Has(input))
            return;
        RequireSame(context, input, type);
        if (context.ShapeOf(input).ElementCount != 1)
            throw Error($"input {input} has shape {context.ShapeOf(input)}, it must be one value");
    }

    private static float NumberAt(ReadOnlySpan<Tensor?> inputs, int input, float missing) =>
        input < inputs.Length && inputs[input] is { } tensor ? tensor.AsSpan<float>()[0] : missing;

    // Keys sort by falling score, then by rising place: the float's bits made monotonic, inverted, then the
    // place.
    private int Sort(float* scores, int count, float least)
    {
        int candidates = 0;
        for (int i = 0; i < count; i++)
        {
            if (!(scores[i] > least))
                continue;
            uint bits = BitConverter.SingleToUInt32Bits(scores[i] + 0f);
            uint rising = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
            _order[candidates++] = ((ulong)~rising << 32) | (uint)i;
        }

        _order.AsSpan(0, candidates).Sort();
        return candidates;
    }

    private int Take(float* boxes, int candidates, int most, float overlap)
    {
        int count = 0;
        for (int i = 0; i < candidates && count < most; i++)
        {
            int candidate = (int)(uint)_order[i];
            bool isFree = true;
            for (int k = 0; k < count && isFree; k++)
                isFree = Overlap(boxes + (candidate * 4L), boxes + (_taken[k] * 4L)) <= overlap;
            if (isFree)
                _taken[count++] = candidate;
        }

        return count;
    }

    // Intersection over union; 0 where a box has no area.
    private float Overlap(float* a, float* b)
    {
        (float aTop, float aLeft, float aBottom, float aRight) = CornersOf(a);
        (float bTop, float bLeft, float bBottom, float bRight) = CornersOf(b);
        float height = MathF.Min(aBottom, bBottom) - MathF.Max(aTop, bTop);
        float width = MathF.Min(aRight, bRight) - MathF.Max(aLeft, bLeft);
        if (!(height > 0 && width > 0))
            return 0;
        float both = height * width;
        return both / (((aBottom - aTop) * (aRight - aLeft)) + ((bBottom - bTop) * (bRight - bLeft)) - both);
    }

    private (float Top, float Left, float Bottom, float Right) CornersOf(float* box)
    {
        if (_isCentred)
        {
            (float halfWidth, float halfHeight) = (box[2] / 2, box[3] / 2);
            return (box[1] - halfHeight, box[0] - halfWidth, box[1] + halfHeight, box[0] + halfWidth);
        }

        return (MathF.Min(box[0], box[2]), MathF.Min(box[1], box[3]),
            MathF.Max(box[0], box[2]), MathF.Max(box[1], box[3]));
    }
}

/// <summary>
/// Shapes of outputs whose size the data decides, kept so that a size seen before costs nothing.
/// </summary>
internal sealed class RowCount
{
    private const int Kept = 1024;

    private readonly Shape?[] _shapes = new Shape?[Kept];

    /// <summary>[rows, columns].</summary>
    public Shape ShapeOf(int rows, int columns)
    {
        if (rows >= Kept)
            return new Shape(rows, columns);
        return _shapes[rows] is { } kept && kept[1] == columns
            ? kept
            : _shapes[rows] = new Shape(rows, columns);
    }
}
