using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// yᵢ = x₀ + … + xᵢ along an axis (input 1); without xᵢ itself when exclusive, from the end when reverse.
/// </summary>
internal sealed unsafe class CumSumOperator(Node node) : Operator(node)
{
    private readonly bool _isExclusive = node.Attributes.GetInt(node, "exclusive", 0) != 0;
    private readonly bool _isReverse = node.Attributes.GetInt(node, "reverse", 0) != 0;

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(2, 1);
        DataType type = context.RequireType(0, ArithmeticChecks.FloatsAndIntegers);
        context.RequireType(1, DataType.Int32, DataType.Int64);
        context.RequireCount(1, 1);
        return [new TensorType(type, context.ShapeOf(0))];
    }

    public override bool CanOverwrite(int input) => input == 0;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        Tensor axis = inputs[1]!;
        Tensor y = outputs[0]!;
        y.FitTo(x.Shape);
        long index = axis.Type == DataType.Int32 ? *(int*)axis.Data : *(long*)axis.Data;
        AxisSplit split = x.Shape.Rank == 0
            ? new AxisSplit(1, 1, 1)
            : AxisSplit.At(x.Shape, ArithmeticChecks.AxisOf(Node, index, x.Shape.Rank));
        switch (x.Type)
        {
            case DataType.Float32: Run((float*)x.Data, (float*)y.Data, split); break;
            case DataType.Float64: Run((double*)x.Data, (double*)y.Data, split); break;
            case DataType.Int32: Run((int*)x.Data, (int*)y.Data, split); break;
            default: Run((long*)x.Data, (long*)y.Data, split); break;
        }
    }

    private void Run<T>(T* x, T* y, AxisSplit split) where T : unmanaged, INumber<T>
    {
        long first = _isReverse ? (long)(split.Extent - 1) * split.Inner : 0;
        long step = _isReverse ? -split.Inner : split.Inner;
        for (int outer = 0; outer < split.Outer; outer++)
        {
            long block = (long)outer * split.Extent * split.Inner;
            for (int inner = 0; inner < split.Inner; inner++)
            {
                long start = block + first + inner;
                Line(x + start, y + start, split.Extent, step);
            }
        }
    }

    private void Line<T>(T* x, T* y, int count, long step) where T : unmanaged, INumber<T>
    {
        T sum = T.Zero;
        for (long i = 0; i < count; i++)
        {
            T before = sum;
            sum += x[i * step];
            y[i * step] = _isExclusive ? before : sum;
        }
    }
}
