using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>y = f(f(x₀, x₁), x₂)… over any number of inputs with broadcasting: Max, Min, Sum.</summary>
internal class VariadicOperator<TFunction>(Node node, bool integers) : Operator(node)
    where TFunction : struct, IBinary
{
    public override TensorType[] Infer(InferenceContext context)
    {
        Node.Attributes.Ignore("consumed_inputs");
        context.CheckCounts(int.MaxValue, 1);
        DataType type = context.RequireType(0, integers ? ArithmeticChecks.Numbers : ArithmeticChecks.Floats);
        Shape shape = context.ShapeOf(0);
        for (int i = 1; i < context.InputCount; i++)
        {
            context.RequireSameType(i, type);
            shape = default(BroadcastShape).Infer(Node, shape, context.ShapeOf(i));
        }

        return [new TensorType(type, shape)];
    }

    // The first step reads inputs 0 and 1 together and writes the output; later inputs are read after it.
    public override bool CanOverwrite(int input) => input <= 1;

    public override unsafe void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor y = outputs[0]!;
        Tensor first = inputs[0]!;
        BroadcastShape.FitAll(Node, inputs, y);
        if (inputs.Length == 1)
        {
            Buffer.MemoryCopy(first.Data, y.Data, y.ByteLength, y.ByteLength);
            return;
        }

        for (int i = 1; i < inputs.Length; i++)
        {
            Tensor next = inputs[i]!;
            ReadOnlySpan<int> extents = y.Shape.Dimensions;
            BroadcastLoop loop = BroadcastLoop.Over(extents, first.Shape.Dimensions, next.Shape.Dimensions);
            BinaryOperator<TFunction>.Apply(loop, first, next, y);
            first = y;
        }
    }
}

/// <summary>y = (x₀ + x₁ + …) / n with broadcasting.</summary>
internal sealed class MeanOperator(Node node) : VariadicOperator<Add>(node, integers: false)
{
    public override unsafe void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        base.Run(inputs, outputs);
        Tensor y = outputs[0]!;
        if (y.Type == DataType.Float32)
            Divide<float>(y, inputs.Length);
        else
            Divide<double>(y, inputs.Length);
    }

    private static unsafe void Divide<T>(Tensor y, int count)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        Strided<T> all = new((T*)y.Data, 1);
        T divisor = T.CreateTruncating(count);
        NumberRow<Divide, T>.Run(all, new Strided<T>(&divisor, 0), all.Start, y.Length);
    }
}
