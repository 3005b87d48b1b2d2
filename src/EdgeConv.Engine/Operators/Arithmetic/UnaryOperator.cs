using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>A function of one number of any type, with its vector form.</summary>
internal interface INumberFunction
{
    T Apply<T>(T x) where T : unmanaged, INumber<T>;

    Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, INumber<T>;
}

/// <summary>A function of one real number.</summary>
internal interface IFloatFunction
{
    T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A function of one real number that also has a vector form.</summary>
internal interface IFloatVectorFunction : IFloatFunction
{
    /// <summary>Whether it has one for this type.</summary>
    static virtual bool HasVector<T>() => true;

    Vector<T> Apply<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>y = f(x), element by element; what all such operators share.</summary>
internal abstract class UnaryOperator(Node node, params DataType[] types) : Operator(node)
{
    public override TensorType[] Infer(InferenceContext context)
    {
        Node.Attributes.Ignore("consumed_inputs");
        context.CheckCounts(1, 1);
        return [new TensorType(context.RequireType(0, types), context.ShapeOf(0))];
    }

    public override bool CanOverwrite(int input) => true;

    public sealed override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        Run(inputs[0]!, outputs[0]!);
    }

    /// <summary>Computes all elements; shapes are equal.</summary>
    protected abstract void Run(Tensor x, Tensor y);
}

/// <summary>y = f(x) on numbers of any of the given types: Abs, Neg, Relu, Sign.</summary>
internal sealed unsafe class NumberUnaryOperator<TFunction>(Node node, params DataType[] types)
    : UnaryOperator(node, types)
    where TFunction : struct, INumberFunction
{
    protected override void Run(Tensor x, Tensor y)
    {
        switch (x.Type)
        {
            case DataType.Float32: Map((float*)x.Data, (float*)y.Data, x.Length); break;
            case DataType.Float64: Map((double*)x.Data, (double*)y.Data, x.Length); break;
            case DataType.Int8: Map((sbyte*)x.Data, (sbyte*)y.Data, x.Length); break;
            case DataType.UInt8: Map(x.Data, y.Data, x.Length); break;
            case DataType.Int32: Map((int*)x.Data, (int*)y.Data, x.Length); break;
            default: Map((long*)x.Data, (long*)y.Data, x.Length); break;
        }
    }

    private static void Map<T>(T* x, T* y, int count) where T : unmanaged, INumber<T>
    {
        TFunction function = default;
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(function.Apply(Vector.Load(x + i)), y + i);
        for (; i < count; i++)
            y[i] = function.Apply(x[i]);
    }
}

/// <summary>y = f(x) on real numbers, one at a time.</summary>
internal sealed unsafe class FloatUnaryOperator<TFunction>(Node node, TFunction function = default)
    : UnaryOperator(node, DataType.Float32, DataType.Float64)
    where TFunction : struct, IFloatFunction
{
    protected override void Run(Tensor x, Tensor y)
    {
        if (x.Type == DataType.Float32)
            Map(function, (float*)x.Data, (float*)y.Data, x.Length);
        else
            Map(function, (double*)x.Data, (double*)y.Data, x.Length);
    }

    private static void Map<T>(TFunction function, T* x, T* y, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < count; i++)
            y[i] = function.Apply(x[i]);
    }
}

/// <summary>y = f(x) on real numbers, by vectors.</summary>
internal sealed unsafe class FloatVectorOperator<TFunction>(Node node, TFunction function = default)
    : UnaryOperator(node, DataType.Float32, DataType.Float64)
    where TFunction : struct, IFloatVectorFunction
{
    protected override void Run(Tensor x, Tensor y)
    {
        if (x.Type == DataType.Float32)
            Map(function, (float*)x.Data, (float*)y.Data, x.Length);
        else
            Map(function, (double*)x.Data, (double*)y.Data, x.Length);
    }

    private static void Map<T>(TFunction function, T* x, T* y, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; TFunction.HasVector<T>() && i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(function.Apply(Vector.Load(x + i)), y + i);
        for (; i < count; i++)
            y[i] = function.Apply(x[i]);
    }
}

/// <summary>y = not x.</summary>
internal sealed unsafe class NotOperator(Node node) : UnaryOperator(node, DataType.Bool)
{
    protected override void Run(Tensor x, Tensor y)
    {
        for (int i = 0; i < x.Length; i++)
            y.Data[i] = x.Data[i] == 0 ? (byte)1 : (byte)0;
    }
}
