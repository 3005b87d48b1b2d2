using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Tests.Graph;

/// <summary>
/// Slow, obvious float32 operators that rewritten graphs are held to: one loop over the output, every index
/// computed from scratch. Attributes are read when used.
/// </summary>
internal static class ReferenceOperators
{
    public static Operator Create(Node node) => node.OperatorName switch
    {
        "Add" => Elementwise(node, (a, b) => a + b),
        "Sub" => Elementwise(node, (a, b) => a - b),
        "Mul" => Elementwise(node, (a, b) => a * b),
        "Div" => Elementwise(node, (a, b) => a / b),
        "Relu" => new ReferenceOperator(node, Same, (x, y) => Fill(y, i => Math.Max(0, At(x[0], i)))),
        "Neg" => new ReferenceOperator(node, Same, (x, y) => Fill(y, i => -At(x[0], i))),
        "Identity" or "Dropout" => new ReferenceOperator(node, Same, (x, y) => Copy(x[0], y)),
        "Cast" => new ReferenceOperator(node, Same, (x, y) => Copy(x[0], y)),
        "Reshape" => new ReferenceOperator(node, Reshaped, (x, y) => Copy(x[0], y), 1),
        "Shape" => new ReferenceOperator(node, ShapeType, ShapeOf),
        "Concat" => new ReferenceOperator(node, Same, (x, y) => Copy(x[0], y)),
        "Transpose" => new ReferenceOperator(node, Transposed, (x, y) => Transpose(node, x[0]!, y)),
        "Pad" => new ReferenceOperator(node, Padded, (x, y) => Pad(x, y), 1),
        "Conv" => new ReferenceOperator(node, Convolved, (x, y) => Convolve(node, x, y)),
        "BatchNormalization" => new ReferenceOperator(node, Same, (x, y) => Normalise(node, x, y)),
        "MatMul" or "Gemm" => new ReferenceOperator(node, Product, (x, y) => Multiply(x, y)),
        "NonZero" => new ReferenceOperator(node, Same, (x, y) => Copy(x[0], y)),
        _ => throw ModelError.Unsupported(node.Place, $"operator '{node.OperatorName}' is not supported"),
    };

    private static TensorType[] Same(InferenceContext context) =>
        [.. context.Node.Outputs.Select(_ => new TensorType(context.TypeOf(0), context.ShapeOf(0)))];

    private static float At(Tensor? tensor, int index) => tensor!.AsSpan<float>()[index];

    private static void Fill(Tensor output, Func<int, float> value)
    {
        Span<float> span = output.AsSpan<float>();
        for (int i = 0; i < span.Length; i++)
            span[i] = value(i);
    }

    private static void Copy(Tensor? input, Tensor output) => input!.AsBytes().CopyTo(output.AsBytes());

    private static ReferenceOperator Elementwise(Node node, Func<float, float, float> map) => new(
        node,
        context =>
            [new TensorType(DataType.Float32, Broadcast(node, context.ShapeOf(0), context.ShapeOf(1)))],
        (x, y) => Fill(y, i => map(Spread(x[0]!, y.Shape, i), Spread(x[1]!, y.Shape, i))));

    private static Shape Broadcast(Node node, Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] extents = new int[rank];
        for (int axis = 1; axis <= rank; axis++)
        {
            int m = axis <= a.Rank ? a[-axis] : 1;
            int n = axis <= b.Rank ? b[-axis] : 1;
            if (m != n && m != 1 && n != 1)
                throw new ModelError(node.Place, $"shapes {a} and {b} do not broadcast");
            extents[^axis] = m == 1 ? n : m;
        }

        return new Shape(extents);
    }

    private static float Spread(Tensor tensor, Shape shape, int index)
    {
        int[] where = Split(index, shape);
        int offset = 0;
        for (int axis = 0; axis < tensor.Shape.Rank; axis++)
        {
            int extent = tensor.Shape[axis];
            offset = (offset * extent) + (extent == 1 ? 0 : where[axis + shape.Rank - tensor.Shape.Rank]);
        }

        return At(tensor, offset);
    }

    private static int[] Split(int index, Shape shape)
    {
        int[] where = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            where[axis] = index % shape[axis];
            index /= shape[axis];
        }

        return where;
    }

    private static int Join(ReadOnlySpan<int> where, Shape shape)
    {
        int index = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
            index = (index * shape[axis]) + where[axis];
        return index;
    }

    private static long[] Integers(InferenceContext context) =>
        context.ConstantOf(1)?.AsSpan<long>().ToArray()
            ?? throw new ModelError(context.Node.Place, "no input 1");

    private static TensorType[] Reshaped(InferenceContext context)
    {
        long[] target = Integers(context);
        long known = target.Where(extent => extent > 0).Aggregate(1L, (a, b) => a * b);
        int[] extents = [.. target.Select(e => (int)(e < 0 ? context.ShapeOf(0).ElementCount / known : e))];
        return [new TensorType(context.TypeOf(0), new Shape(extents))];
    }

    private static TensorType[] ShapeType(InferenceContext context) =>
        [new TensorType(DataType.Int64, new Shape(context.ShapeOf(0).Rank))];

    private static void ShapeOf(Tensor?[] inputs, Tensor output)
    {
        for (int axis = 0; axis < output.Length; axis++)
            output.AsSpan<long>()[axis] = inputs[0]!.Shape[axis];
    }

    private static TensorType[] Transposed(InferenceContext context)
    {
        long[] order = context.Node.Attributes.GetInts(context.Node, "perm") ?? [];
        if (!order.Order().SequenceEqual(
            Enumerable.Range(0, context.ShapeOf(0).Rank).Select(axis => (long)axis)))
            throw new ModelError(context.Node.Place, "attribute 'perm' is no permutation of the axes");
        int[] extents = [.. order.Select(axis => context.ShapeOf(0)[(int)axis])];
        return [new TensorType(context.TypeOf(0), new Shape(extents))];
    }

    private static void Transpose(Node node, Tensor input, Tensor output)
    {
        long[] order = node.Attributes.GetInts(node, "perm")!;
        Fill(output, i =>
        {
            int[] to = Split(i, output.Shape);
            int[] from = new int[to.Length];
            for (int axis = 0; axis < to.Length; axis++)
                from[order[axis]] = to[axis];
            return At(input, Join(from, input.Shape));
        });
    }

    private static TensorType[] Padded(InferenceContext context)
    {
        long[] pads = Integers(context);
        Shape shape = context.ShapeOf(0);
        int[] extents = [.. Enumerable.Range(0, shape.Rank)
            .Select(a => shape[a] + (int)(pads[a] + pads[a + shape.Rank]))];
        return [new TensorType(DataType.Float32, new Shape(extents))];
    }

    private static void Pad(Tensor?[] inputs, Tensor output)
    {
        long[] pads = inputs[1]!.AsSpan<long>().ToArray();
        float value = inputs.Length > 2 ? At(inputs[2], 0) : 0;
        Shape shape = inputs[0]!.Shape;
        Fill(output, i =>
        {
            int[] where = [.. Split(i, output.Shape).Select((at, axis) => at - (int)pads[axis])];
            bool inside = where.Select((at, axis) => at >= 0 && at < shape[axis]).All(ok => ok);
            return inside ? At(inputs[0], Join(where, shape)) : value;
        });
    }

    // x [N,C,H,W], w [M,C,k,k], stride 1, pads all round.
    private static TensorType[] Convolved(InferenceContext context)
    {
        Shape x = context.ShapeOf(0);
        Shape w = context.ShapeOf(1);
        long[] pads = Pads(context.Node);
        return
        [
            new TensorType(
                DataType.Float32,
                new Shape(
                    x[0],
                    w[0],
                    x[2] + (int)(pads[0] + pads[2]) - w[2] + 1,
                    x[3] + (int)(pads[1] + pads[3]) - w[3] + 1)),
        ];
    }

    private static long[] Pads(Node node) => node.Attributes.GetInts(node, "pads") ?? new long[4];

    private static void Convolve(Node node, Tensor?[] inputs, Tensor output)
    {
        (Tensor x, Tensor w) = (inputs[0]!, inputs[1]!);
        long[] pads = Pads(node);
        Fill(output, i =>
        {
            int[] at = Split(i, output.Shape);
            double sum = inputs.Length > 2 && inputs[2] is not null ? At(inputs[2], at[1]) : 0;
            for (int tap = 0; tap < w.Shape.CountBetween(1, 4); tap++)
            {
                int[] k = Split(tap, new Shape(w.Shape.Dimensions[1..]));
                int row = at[2] + k[1] - (int)pads[0];
                int column = at[3] + k[2] - (int)pads[1];
                if (row >= 0 && column >= 0 && row < x.Shape[2] && column < x.Shape[3])
                {
                    sum += At(x, Join([at[0], k[0], row, column], x.Shape))
                        * At(w, Join([at[1], .. k], w.Shape));
                }
            }

            return (float)sum;
        });
    }

    private static void Normalise(Node node, Tensor?[] x, Tensor output)
    {
        float epsilon = node.Attributes.GetFloat(node, "epsilon", 1e-5f);
        Fill(output, i =>
        {
            int c = Split(i, output.Shape)[1];
            float scale = At(x[1], c) / MathF.Sqrt(At(x[4], c) + epsilon);
            return ((At(x[0], i) - At(x[3], c)) * scale) + At(x[2], c);
        });
    }

    private static TensorType[] Product(InferenceContext context) =>
        [new TensorType(DataType.Float32, new Shape(context.ShapeOf(0)[0], context.ShapeOf(1)[1]))];

    private static void Multiply(Tensor?[] x, Tensor output) => Fill(output, i =>
    {
        (int row, int column) = (i / output.Shape[1], i % output.Shape[1]);
        double sum = x.Length > 2 && x[2] is not null ? Spread(x[2]!, output.Shape, i) : 0;
        int inner = x[0]!.Shape[1];
        for (int k = 0; k < inner; k++)
            sum += At(x[0], (row * inner) + k) * At(x[1], (k * output.Shape[1]) + column);
        return (float)sum;
    });
}

/// <summary>
/// An operator made of two functions; <paramref name="valued"/> is the input whose content it needs.
/// </summary>
internal sealed class ReferenceOperator(
    Node node,
    Func<InferenceContext, TensorType[]> infer,
    Action<Tensor?[], Tensor> run,
    int valued = -1) : Operator(node)
{
    public override bool NeedsValue(int input) => input == valued;

    public override TensorType[] Infer(InferenceContext context) => infer(context);

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        run(inputs.ToArray(), outputs[0]!);
}
