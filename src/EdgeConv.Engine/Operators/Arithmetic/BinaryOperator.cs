using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Element-wise y = f(a, b) with broadcasting; what all such operators share.</summary>
internal abstract class BroadcastOperator(Node node, BroadcastShape shape) : Operator(node)
{
    protected BroadcastOperator(Node node) : this(node, BroadcastShape.Of(node))
    {
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(2, 1);
        DataType type = InferType(context);
        return [new TensorType(type, shape.Infer(Node, context.ShapeOf(0), context.ShapeOf(1)))];
    }

    public sealed override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor a = inputs[0]!;
        Tensor b = inputs[1]!;
        Tensor y = outputs[0]!;
        Span<int> buffer = stackalloc int[2 * Shape.MaximumRank];
        shape.Fit(Node, a.Shape, b.Shape, y);
        ReadOnlySpan<int> aligned = shape.Align(b.Shape, a.Shape.Rank, buffer);
        Run(BroadcastLoop.Over(y.Shape.Dimensions, a.Shape.Dimensions, aligned), a, b, y);
    }

    public override bool CanOverwrite(int input) => true;

    /// <summary>Checks the operands' types and says the output's.</summary>
    protected abstract DataType InferType(InferenceContext context);

    /// <summary>Computes all rows.</summary>
    protected abstract void Run(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y);
}

/// <summary>y = f(a, b) on numbers of one type: Add, Sub, Mul, Div, Mod.</summary>
/// <param name="node">The node.</param>
/// <param name="shape">How the operands broadcast.</param>
/// <param name="floats">Whether float types are allowed beside integers.</param>
internal unsafe class BinaryOperator<TFunction>(Node node, BroadcastShape shape, bool floats = true)
    : BroadcastOperator(node, shape)
    where TFunction : struct, IBinary
{
    protected override DataType InferType(InferenceContext context)
    {
        ReadOnlySpan<DataType> allowed = floats ? ArithmeticChecks.Numbers
            : [DataType.Int8, DataType.UInt8, DataType.Int32, DataType.Int64];
        DataType type = context.RequireType(0, allowed);
        context.RequireSameType(1, type);
        return type;
    }

    protected override void Run(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y) =>
        Apply(loop, a, b, y);

    /// <summary>Computes all rows; also what variadic operators run for each further input.</summary>
    internal static void Apply(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
    {
        switch (a.Type)
        {
            case DataType.Float32: Rows<float>(loop, a, b, y); break;
            case DataType.Float64: Rows<double>(loop, a, b, y); break;
            case DataType.Int8: Rows<sbyte>(loop, a, b, y); break;
            case DataType.UInt8: Rows<byte>(loop, a, b, y); break;
            case DataType.Int32: Rows<int>(loop, a, b, y); break;
            default: Rows<long>(loop, a, b, y); break;
        }
    }

    private static void Rows<T>(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
        where T : unmanaged, System.Numerics.INumber<T> =>
        BinaryLoops.Run<NumberRow<TFunction, T>, T, T, T>(loop, a.Data, b.Data, y.Data);
}

/// <summary>y = x where x ≥ 0, slope · x elsewhere; the slope repeats, x does not.</summary>
/// <remarks>Below opset 7 the slope is one number or one for each channel, dimension 1 of x.</remarks>
internal sealed class PReluOperator(Node node)
    : BinaryOperator<PRelu>(node, node.Opset < 7 ? BroadcastShape.AtAxis(1) : default)
{
    public override TensorType[] Infer(InferenceContext context)
    {
        TensorType[] output = base.Infer(context);
        if (!output[0].Shape.Equals(context.ShapeOf(0)))
        {
            throw new ModelError(
                Node.Place,
                $"slope of shape {context.ShapeOf(1)} does not fit input of shape {context.ShapeOf(0)}");
        }

        return output;
    }

    public override bool CanOverwrite(int input) => input == 0;
}

/// <summary>y = a ∘ b as truth value: Equal, Less, LessOrEqual, Greater, GreaterOrEqual.</summary>
internal sealed unsafe class ComparisonOperator<TFunction>(Node node, bool bools = false)
    : BroadcastOperator(node)
    where TFunction : struct, IComparison
{
    protected override DataType InferType(InferenceContext context)
    {
        ReadOnlySpan<DataType> allowed = bools
            ? [.. ArithmeticChecks.Numbers, DataType.Bool]
            : ArithmeticChecks.Numbers;
        context.RequireSameType(1, context.RequireType(0, allowed));
        return DataType.Bool;
    }

    protected override void Run(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
    {
        switch (a.Type)
        {
            case DataType.Float32: Rows<float>(loop, a, b, y); break;
            case DataType.Float64: Rows<double>(loop, a, b, y); break;
            case DataType.Int8: Rows<sbyte>(loop, a, b, y); break;
            case DataType.Int32: Rows<int>(loop, a, b, y); break;
            case DataType.Int64: Rows<long>(loop, a, b, y); break;
            default: Rows<byte>(loop, a, b, y); break;
        }
    }

    private static void Rows<T>(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
        where T : unmanaged, System.Numerics.INumber<T> =>
        BinaryLoops.Run<ComparisonRow<TFunction, T>, T, T, bool>(loop, a.Data, b.Data, y.Data);
}

/// <summary>y = a ∘ b on truth values: And, Or, Xor.</summary>
internal sealed unsafe class LogicOperator<TFunction>(Node node) : BroadcastOperator(node)
    where TFunction : struct, ILogic
{
    protected override DataType InferType(InferenceContext context)
    {
        context.RequireSameType(1, context.RequireType(0, DataType.Bool));
        return DataType.Bool;
    }

    protected override void Run(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y) =>
        BinaryLoops.Run<LogicRow<TFunction>, byte, byte, bool>(loop, a.Data, b.Data, y.Data);
}

/// <summary>y = a moved by b bits, on uint8. Moving by 8 or more gives 0.</summary>
internal sealed unsafe class BitShiftOperator(Node node) : BroadcastOperator(node)
{
    private readonly bool _left = node.Attributes.GetString(node, "direction", "") switch
    {
        "LEFT" => true,
        "RIGHT" => false,
        string other => throw new ModelError(
            node.Place, $"attribute 'direction' is '{other}', it must be LEFT or RIGHT"),
    };

    protected override DataType InferType(InferenceContext context)
    {
        context.RequireSameType(1, context.RequireType(0, DataType.UInt8));
        return DataType.UInt8;
    }

    protected override void Run(in BroadcastLoop loop, Tensor a, Tensor b, Tensor y)
    {
        if (_left)
            BinaryLoops.Run<ShiftLeftRow, byte, byte, byte>(loop, a.Data, b.Data, y.Data);
        else
            BinaryLoops.Run<ShiftRightRow, byte, byte, byte>(loop, a.Data, b.Data, y.Data);
    }
}
