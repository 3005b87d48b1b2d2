using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// start, start + delta, … before limit (inputs 0, 2, 1): ceil((limit - start) / delta) elements.
/// </summary>
internal sealed unsafe class RangeOperator(Node node) : ShapedOperator(node)
{
    /// <inheritdoc/>
    public override bool NeedsValue(int input) => true;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        DataType type = context.TypeOf(0);
        Require(type, 0, DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64);
        RequireSame(context, 1, type);
        RequireSame(context, 2, type);
        double count = type switch
        {
            DataType.Float32 => Count<float>(context),
            DataType.Float64 => Count<double>(context),
            DataType.Int32 => Count<int>(context),
            _ => Count<long>(context),
        };
        if (double.IsNaN(count) || count > int.MaxValue)
            throw Error($"start, limit and delta ask for {count} elements");
        return Outputs(new TensorType(type, ShapeOf((long)count)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        switch (outputs[0]!.Type)
        {
            case DataType.Float32: Fill<float>(inputs, outputs[0]!); break;
            case DataType.Float64: Fill<double>(inputs, outputs[0]!); break;
            case DataType.Int32: Fill<int>(inputs, outputs[0]!); break;
            default: Fill<long>(inputs, outputs[0]!); break;
        }
    }

    private static void Fill<T>(ReadOnlySpan<Tensor?> inputs, Tensor output) where T : unmanaged, INumber<T>
    {
        T start = inputs[0]!.AsSpan<T>()[0];
        T delta = inputs[2]!.AsSpan<T>()[0];
        Span<T> values = output.AsSpan<T>();
        for (int i = 0; i < values.Length; i++)
            values[i] = start + (T.CreateTruncating(i) * delta);
    }

    private double Count<T>(InferenceContext context) where T : unmanaged, INumber<T>
    {
        (double start, double limit, double delta) =
            (One<T>(context, 0), One<T>(context, 1), One<T>(context, 2));
        return delta == 0 ? throw Error("delta is 0") : Math.Max(0, Math.Ceiling((limit - start) / delta));
    }

    private double One<T>(InferenceContext context, int input) where T : unmanaged, INumber<T>
    {
        Tensor tensor = context.ConstantOf(input) ?? throw Error($"input {input} is missing");
        if (tensor.Length != 1)
            throw Error($"input {input} has shape {tensor.Shape}, it must be one value");
        return double.CreateChecked(tensor.AsSpan<T>()[0]);
    }
}
