using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = min(max(x, lower), upper); NaN stays NaN. Below opset 11 the bounds are attributes, from 11 on they
/// are inputs of which either may be left out.
/// </summary>
internal sealed unsafe class ClipOperator : Operator
{
    private readonly float _lower = float.NegativeInfinity;
    private readonly float _upper = float.PositiveInfinity;

    public ClipOperator(Node node) : base(node)
    {
        if (node.Opset >= 11)
            return;
        node.Attributes.Ignore("consumed_inputs");
        _lower = node.Attributes.GetFloat(node, "min", float.NegativeInfinity);
        _upper = node.Attributes.GetFloat(node, "max", float.PositiveInfinity);
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(Node.Opset >= 11 ? 3 : 1, 1);
        DataType type = context.RequireType(0, ArithmeticChecks.Numbers);
        for (int bound = 1; bound <= 2; bound++)
        {
            if (!context.Has(bound))
                continue;
            context.RequireSameType(bound, type);
            context.RequireCount(bound, 1);
        }

        return [new TensorType(type, context.ShapeOf(0))];
    }

    public override bool CanOverwrite(int input) => input == 0;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        switch (inputs[0]!.Type)
        {
            case DataType.Float32: Run<float>(inputs, outputs[0]!); break;
            case DataType.Float64: Run<double>(inputs, outputs[0]!); break;
            case DataType.Int8: Run<sbyte>(inputs, outputs[0]!); break;
            case DataType.UInt8: Run<byte>(inputs, outputs[0]!); break;
            case DataType.Int32: Run<int>(inputs, outputs[0]!); break;
            default: Run<long>(inputs, outputs[0]!); break;
        }
    }

    private void Run<T>(ReadOnlySpan<Tensor?> inputs, Tensor output) where T : unmanaged, INumber<T>
    {
        T lower = inputs.Length > 1 && inputs[1] is { } low ? *(T*)low.Data : T.CreateSaturating(_lower);
        T upper = inputs.Length > 2 && inputs[2] is { } high ? *(T*)high.Data : T.CreateSaturating(_upper);
        Clip((T*)inputs[0]!.Data, (T*)output.Data, output.Length, (lower, upper));
    }

    private static void Clip<T>(T* x, T* y, int count, (T Lower, T Upper) bounds)
        where T : unmanaged, INumber<T>
    {
        Vector<T> lower = new(bounds.Lower);
        Vector<T> upper = new(bounds.Upper);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(VectorMath.Clamp(Vector.Load(x + i), lower, upper), y + i);
        for (; i < count; i++)
            y[i] = ScalarMath.Clamp(x[i], bounds.Lower, bounds.Upper);
    }
}
