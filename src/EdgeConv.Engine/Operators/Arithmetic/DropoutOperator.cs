using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = x, as at inference; the mask says that nothing was dropped. Training mode is refused unless its ratio
/// is 0.
/// </summary>
internal sealed unsafe class DropoutOperator : Operator
{
    private const float DefaultRatio = 0.5f;

    public DropoutOperator(Node node) : base(node)
    {
        foreach (string name in (ReadOnlySpan<string>)["ratio", "seed", "is_test", "consumed_inputs"])
            node.Attributes.Ignore(name);
    }

    public override bool IsView =>
        (Node.Outputs.Length < 2 || Node.Outputs[1] is null)
        && (Node.Inputs.Length < 3 || Node.Inputs[2] is null);

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(3, 2);
        DataType type = context.RequireType(0, ArithmeticChecks.Floats);
        if (context.Has(1))
        {
            context.RequireType(1, ArithmeticChecks.Floats);
            context.RequireCount(1, 1);
        }

        if (context.Has(2))
        {
            context.RequireType(2, DataType.Bool);
            context.RequireCount(2, 1);
        }

        TensorType output = new(type, context.ShapeOf(0));
        if (Node.Outputs.Length < 2)
            return [output];
        return [output, new TensorType(Node.Opset < 10 ? type : DataType.Bool, output.Shape)];
    }

    public override bool CanOverwrite(int input) => input == 0;

    /// <exception cref="ModelError">Training mode is on.</exception>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (inputs.Length > 2 && inputs[2] is { } training && training.Data[0] != 0)
            RequireNothingDropped(inputs[1]);
        Tensor x = inputs[0]!;
        if (outputs[0] is { } y)
        {
            y.FitTo(x.Shape);
            Buffer.MemoryCopy(x.Data, y.Data, y.ByteLength, x.ByteLength);
        }

        if (outputs.Length > 1 && outputs[1] is { } mask)
        {
            mask.FitTo(x.Shape);
            FillWithOnes(mask);
        }
    }

    private void RequireNothingDropped(Tensor? ratio)
    {
        double value = ratio?.Type switch
        {
            null => DefaultRatio,
            DataType.Float32 => *(float*)ratio.Data,
            _ => *(double*)ratio.Data,
        };
        if (value != 0)
            throw ModelError.Unsupported(Node.Place, "training mode is not supported");
    }

    private static void FillWithOnes(Tensor mask)
    {
        if (mask.Type == DataType.Float32)
            mask.AsSpan<float>().Fill(1);
        else if (mask.Type == DataType.Float64)
            mask.AsSpan<double>().Fill(1);
        else
            mask.AsSpan<bool>().Fill(true);
    }
}
