using EdgeConv.Core;
using EdgeConv.Engine.Operators;
using Xunit;

namespace EdgeConv.Engine.Tests.Arithmetic;

/// <summary>Every operator of the group on tensors without elements and without dimensions.</summary>
public class EdgeShapesTest
{
    private static readonly string[] s_binary =
        ["Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Max", "Min", "Sum", "Mean",
         "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"];

    private static readonly string[] s_logic = ["And", "Or", "Xor"];

    private static readonly string[] s_unary =
        ["Neg", "Abs", "Sign", "Relu", "Ceil", "Floor", "Round", "Reciprocal", "Sqrt", "Exp", "Log", "Erf",
         "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh",
         "Sigmoid", "HardSigmoid", "HardSwish", "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu",
         "Softplus", "Softsign", "Mish", "Gelu", "Clip", "Dropout", "IsNaN", "IsInf",
         "Softmax", "LogSoftmax", "Hardmax", "DynamicQuantizeLinear"];

    private static readonly string[] s_reductions =
        ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
         "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"];

    private static readonly string[] s_special =
        ["Not", "Where", "Mod", "BitShift", "Cast", "CastLike", "CumSum", "QuantizeLinear", "DequantizeLinear",
         "ArgMax", "ArgMin", "BatchNormalization", "InstanceNormalization", "LayerNormalization", "LRN",
         "MeanVarianceNormalization", "LpNormalization"];

    public static TheoryData<string> Elementwise => [.. s_binary, .. s_logic, .. s_unary];

    public static TheoryData<string> Reductions => [.. s_reductions];

    [Fact]
    public void The_lists_name_known_operators_once()
    {
        string[] all = [.. s_binary, .. s_logic, .. s_unary, .. s_reductions, .. s_special];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Empty(all.Except(OperatorTable.Names));
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Elementwise_operators_keep_scalars_and_nothing(string name)
    {
        Tensor scalar = Run(name, Shape.Scalar);
        Tensor single = Run(name, new Shape(1));
        Assert.Equal(Shape.Scalar, scalar.Shape);
        Assert.Equal(single.AsBytes().ToArray(), scalar.AsBytes().ToArray());
        Assert.Equal(new Shape(2, 0, 3), Run(name, new Shape(2, 0, 3)).Shape);
        Assert.Equal(new Shape(0), Run(name, new Shape(0)).Shape);
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Reductions_take_scalars_and_nothing(string name)
    {
        Tensor scalar = OperatorRun.One(name, Fill(Shape.Scalar));
        Tensor single = OperatorRun.One(name, Fill(new Shape(1)));
        Assert.Equal(Shape.Scalar, scalar.Shape);
        Assert.Equal(single.Values<float>(), scalar.Values<float>());
        OperatorCase first = new OperatorCase(12).With("axes", new long[] { 0 }).With("keepdims", 0L);
        Assert.Equal(new Shape(0), OperatorRun.One(name, first, Fill(new Shape(2, 0))).Shape);
        Assert.Equal(3, OperatorRun.One(name, first, Fill(new Shape(0, 3))).Length);
    }

    [Fact]
    public void Selections_take_scalars_and_nothing()
    {
        foreach (Shape shape in (Shape[])[Shape.Scalar, new Shape(2, 0)])
        {
            Tensor x = Fill(shape);
            Tensor truth = new(DataType.Bool, shape);
            Tensor bytes = new(DataType.UInt8, shape);
            Tensor step = Tensors.Scalar(0.5f);
            OperatorCase plain = new();
            Assert.Equal(shape, OperatorRun.One("Not", truth).Shape);
            Assert.Equal(shape, OperatorRun.One("Where", truth, x, x).Shape);
            Assert.Equal(shape, OperatorRun.One("Mod", bytes, bytes).Shape);
            Assert.Equal(shape, OperatorRun.One("BitShift", plain.With("direction", "LEFT"), bytes, bytes).Shape);
            Assert.Equal(shape, OperatorRun.One("Cast", plain.With("to", 7L), x).Shape);
            Assert.Equal(shape, OperatorRun.One("CastLike", x, bytes).Shape);
            Assert.Equal(shape, OperatorRun.One("QuantizeLinear", x, step).Shape);
            Assert.Equal(shape, OperatorRun.One("DequantizeLinear", bytes, step).Shape);
            Tensor axis = Tensors.Scalar(0);
            Assert.Equal(shape, OperatorRun.One("CumSum", x, axis).Shape);
        }
    }

    [Fact]
    public void The_index_in_a_scalar_is_zero_and_nothing_has_none()
    {
        foreach (string name in (string[])["ArgMax", "ArgMin"])
        {
            Assert.Equal([0L], OperatorRun.One(name, Fill(Shape.Scalar)).Values<long>());
            Assert.Equal(new Shape(1, 0), OperatorRun.One(name, Fill(new Shape(2, 0))).Shape);
            OperatorRun.Refusal(name, new OperatorCase(), Fill(new Shape(0, 2)));
        }
    }

    [Fact]
    public void Normalizations_take_nothing_and_refuse_scalars()
    {
        Shape nothing = new(0, 3, 4);
        Tensor three = Fill(new Shape(3));
        OperatorCase lrn = new OperatorCase().With("size", 3L);
        OperatorCase mvn = new OperatorCase().With("axes", new long[] { 0, 2 });
        Assert.Equal(nothing, OperatorRun.One("BatchNormalization", Fill(nothing), three, three, three, three).Shape);
        Assert.Equal(nothing, OperatorRun.One("InstanceNormalization", Fill(nothing), three, three).Shape);
        Assert.Equal(nothing, OperatorRun.One("LayerNormalization", Fill(nothing), Fill(new Shape(4))).Shape);
        Assert.Equal(nothing, OperatorRun.One("LRN", lrn, Fill(nothing)).Shape);
        Assert.Equal(nothing, OperatorRun.One("MeanVarianceNormalization", mvn, Fill(nothing)).Shape);
        Assert.Equal(nothing, OperatorRun.One("LpNormalization", Fill(nothing)).Shape);
        Tensor scalar = Fill(Shape.Scalar);
        OperatorRun.Refusal("InstanceNormalization", new OperatorCase(), scalar, three, three);
        OperatorRun.Refusal("LayerNormalization", new OperatorCase(), scalar, three);
        OperatorRun.Refusal("LRN", lrn, scalar);
        OperatorRun.Refusal("MeanVarianceNormalization", mvn, scalar);
        OperatorRun.Refusal("LpNormalization", new OperatorCase(), scalar);
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void A_missing_input_is_named(string name)
    {
        ModelError error = OperatorRun.Refusal(name, new OperatorCase(20), [null]);
        Assert.Contains("input 0 is missing", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Run(string name, Shape shape)
    {
        Tensor x = s_logic.Contains(name) ? new Tensor(DataType.Bool, shape) : Fill(shape);
        return s_binary.Contains(name) || s_logic.Contains(name)
            ? OperatorRun.One(name, new OperatorCase(20), x, x)
            : OperatorRun.One(name, new OperatorCase(20), x);
    }

    private static Tensor Fill(Shape shape) => Tensors.Random(shape, 1, 0.2, 0.8);
}
