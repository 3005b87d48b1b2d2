using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>y = condition ? a : b with broadcasting of all three.</summary>
internal sealed unsafe class WhereOperator(Node node) : Operator(node)
{
    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(3, 1);
        context.RequireType(0, DataType.Bool);
        DataType type = context.TypeOf(1);
        context.RequireSameType(2, type);
        Shape choices = default(BroadcastShape).Infer(Node, context.ShapeOf(1), context.ShapeOf(2));
        return [new TensorType(type, default(BroadcastShape).Infer(Node, choices, context.ShapeOf(0)))];
    }

    public override bool CanOverwrite(int input) => true;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor condition = inputs[0]!;
        Tensor a = inputs[1]!;
        Tensor b = inputs[2]!;
        Tensor y = outputs[0]!;
        BroadcastShape.FitAll(Node, inputs, y);
        BroadcastLoop loop = BroadcastLoop.Over(
            y.Shape.Dimensions, condition.Shape.Dimensions, a.Shape.Dimensions, b.Shape.Dimensions);
        switch (DataTypes.SizeOf(y.Type))
        {
            case 1: Select(loop, condition, (byte*)a.Data, (byte*)b.Data, (byte*)y.Data); break;
            case 4: Select(loop, condition, (int*)a.Data, (int*)b.Data, (int*)y.Data); break;
            default: Select(loop, condition, (long*)a.Data, (long*)b.Data, (long*)y.Data); break;
        }
    }

    private static void Select<T>(BroadcastLoop loop, Tensor condition, T* a, T* b, T* y) where T : unmanaged
    {
        for (long row = 0; row < loop.Rows; row++, y += loop.RowLength)
        {
            Strided<byte> choice = new(condition.Data + loop.Offsets[0], loop.RowStride(0));
            Strided<T> left = new(a + loop.Offsets[1], loop.RowStride(1));
            Strided<T> right = new(b + loop.Offsets[2], loop.RowStride(2));
            for (int i = 0; i < loop.RowLength; i++)
                y[i] = choice[i] != 0 ? left[i] : right[i];
            loop.Next();
        }
    }
}
