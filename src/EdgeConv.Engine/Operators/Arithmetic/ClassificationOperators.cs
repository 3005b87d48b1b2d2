using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>y = whether x is something, as truth value.</summary>
internal abstract unsafe class ClassificationOperator(Node node) : Operator(node)
{
    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 1);
        context.RequireType(0, ArithmeticChecks.Floats);
        return [new TensorType(DataType.Bool, context.ShapeOf(0))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        Tensor y = outputs[0]!;
        y.FitTo(x.Shape);
        if (x.Type == DataType.Float32)
            Run((float*)x.Data, (bool*)y.Data, x.Length);
        else
            Run((double*)x.Data, (bool*)y.Data, x.Length);
    }

    protected abstract void Run<T>(T* x, bool* y, int count) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>y = x is not a number.</summary>
internal sealed unsafe class IsNaNOperator(Node node) : ClassificationOperator(node)
{
    protected override void Run<T>(T* x, bool* y, int count)
    {
        for (int i = 0; i < count; i++)
            y[i] = T.IsNaN(x[i]);
    }
}

/// <summary>y = x is infinite, of a sign that is looked for.</summary>
internal sealed unsafe class IsInfOperator(Node node) : ClassificationOperator(node)
{
    private readonly bool _negative = node.Attributes.GetInt(node, "detect_negative", 1) != 0;
    private readonly bool _positive = node.Attributes.GetInt(node, "detect_positive", 1) != 0;

    protected override void Run<T>(T* x, bool* y, int count)
    {
        for (int i = 0; i < count; i++)
            y[i] = (_negative & T.IsNegativeInfinity(x[i])) | (_positive & T.IsPositiveInfinity(x[i]));
    }
}
