using EdgeConv.Core;
using EdgeConv.Engine.Operators;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

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
        ["Not", "Where", "Mod", "BitShift", "Cast", "CastLike", "CumSum", "QuantizeLinear",
         "DequantizeLinear", "ArgMax", "ArgMin", "BatchNormalization", "InstanceNormalization", "LayerNormalization",
         "LRN", "MeanVarianceNormalization", "LpNormalization"];

    /// <summary>Every operator of the group.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. s_binary, .. s_logic, .. s_unary, .. s_reductions, .. s_special];

    public static TheoryData<string> Elementwise => [.. s_binary, .. s_logic, .. s_unary];

    public static TheoryData<string> Reductions => [.. s_reductions];

    [Fact]
    public void The_lists_name_known_operators_once()
    {
        Assert.Equal(Names.Count, Names.Distinct().Count());
        Assert.Empty(Names.Except(OperatorTable.Names));
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
        Tensor scalar = One(name, Fill(Shape.Scalar));
        Tensor single = One(name, Fill(new Shape(1)));
        Assert.Equal(Shape.Scalar, scalar.Shape);
        Assert.Equal(single.Values<float>(), scalar.Values<float>());
        OperatorCase first = new OperatorCase(12).With("axes", new long[] { 0 }).With("keepdims", 0L);
        Assert.Equal(new Shape(0), One(name, first, Fill(new Shape(2, 0))).Shape);
        Assert.Equal(3, One(name, first, Fill(new Shape(0, 3))).Length);
    }

    [Fact]
    public void Selections_take_scalars_and_nothing()
    {
        foreach (Shape shape in (Shape[])[Shape.Scalar, new Shape(2, 0)])
        {
            Tensor x = Fill(shape);
            Tensor truth = new(DataType.Bool, shape);
            Tensor bytes = new(DataType.UInt8, shape);
            Tensor step = Scalar(0.5f);
            OperatorCase plain = new();
            Assert.Equal(shape, One("Not", truth).Shape);
            Assert.Equal(shape, One("Where", truth, x, x).Shape);
            Assert.Equal(shape, One("Mod", bytes, bytes).Shape);
            Assert.Equal(shape, One("BitShift", plain.With("direction", "LEFT"), bytes, bytes).Shape);
            Assert.Equal(shape, One("Cast", plain.With("to", 7L), x).Shape);
            Assert.Equal(shape, One("CastLike", x, bytes).Shape);
            Assert.Equal(shape, One("QuantizeLinear", x, step).Shape);
            Assert.Equal(shape, One("DequantizeLinear", bytes, step).Shape);
            Tensor axis = Scalar(0);
            Assert.Equal(shape, One("CumSum", x, axis).Shape);
        }
    }

    [Fact]
    public void The_index_in_a_scalar_is_zero_and_nothing_has_none()
    {
        foreach (string name in (string[])["ArgMax", "ArgMin"])
        {
            Assert.Equal([0L], One(name, Fill(Shape.Scalar)).Values<long>());
            Assert.Equal(new Shape(1, 0), One(name, Fill(new Shape(2, 0))).Shape);
            Refusal(name, new OperatorCase(), Fill(new Shape(0, 2)));
        }
    }

    [Fact]
    public void Normalizations_take_nothing_and_refuse_scalars()
    {
        Shape nothing = new(0, 3, 4);
        Tensor three = Fill(new Shape(3));
        OperatorCase lrn = new OperatorCase().With("size", 3L);
        OperatorCase mvn = new OperatorCase().With("axes", new long[] { 0, 2 });
        Assert.Equal(nothing, One("BatchNormalization", Fill(nothing), three, three, three, three).Shape);
        Assert.Equal(nothing, One("InstanceNormalization", Fill(nothing), three, three).Shape);
        Assert.Equal(nothing, One("LayerNormalization", Fill(nothing), Fill(new Shape(4))).Shape);
        Assert.Equal(nothing, One("LRN", lrn, Fill(nothing)).Shape);
        Assert.Equal(nothing, One("MeanVarianceNormalization", mvn, Fill(nothing)).Shape);
        Assert.Equal(nothing, One("LpNormalization", Fill(nothing)).Shape);
        Tensor scalar = Fill(Shape.Scalar);
        Refusal("InstanceNormalization", new OperatorCase(), scalar, three, three);
        Refusal("LayerNormalization", new OperatorCase(), scalar, three);
        Refusal("LRN", lrn, scalar);
        Refusal("MeanVarianceNormalization", mvn, scalar);
        Refusal("LpNormalization", new OperatorCase(), scalar);
    }

    [Fact]
    public void Outputs_follow_inputs_that_are_smaller_than_inferred()
    {
        Tensor x = Fill(new Shape(4, 6));
        Tensor column = Fill(new Shape(4, 1));
        Tensor truth = new(DataType.Bool, new Shape(4, 6));
        Tensor[] all = [x, column, truth];
        Action shrink = () => Array.ForEach(all, tensor => tensor.Reshape(new Shape(2, tensor.Shape[1])));
        Action restore = () => Array.ForEach(all, tensor => tensor.Reshape(new Shape(4, tensor.Shape[1])));
        OperatorCase rows = new OperatorCase(12).With("axes", new long[] { 1 });
        Check("Add", new OperatorCase(), x, column);
        Check("Max", new OperatorCase(), column, x, column);
        Check("Where", new OperatorCase(), truth, x, column);
        Check("Relu", new OperatorCase(), x);
        Check("Softmax", new OperatorCase(), x);
        Check("Cast", new OperatorCase().With("to", 7L), x);
        Check("ReduceSum", rows, x);
        Check("ArgMax", new OperatorCase().With("axis", 1L), x);

        void Check(string name, OperatorCase given, params Tensor[] inputs)
        {
            Tensor shrunk = AfterInference(name, given, shrink, inputs);
            byte[] expected = One(name, given, inputs).AsBytes().ToArray();
            Assert.Equal(2, shrunk.Shape[0]);
            Assert.Equal(expected, shrunk.AsBytes().ToArray());
            restore();
        }
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void A_missing_input_is_named(string name)
    {
        ModelError error = Refusal(name, new OperatorCase(20), [null]);
        Assert.Contains("input 0 is missing", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Run(string name, Shape shape)
    {
        Tensor x = s_logic.Contains(name) ? new Tensor(DataType.Bool, shape) : Fill(shape);
        return s_binary.Contains(name) || s_logic.Contains(name)
            ? One(name, new OperatorCase(20), x, x)
            : One(name, new OperatorCase(20), x);
    }

    private static Tensor Fill(Shape shape) => Tensors.Random(shape, 1, 0.2, 0.8);
}
