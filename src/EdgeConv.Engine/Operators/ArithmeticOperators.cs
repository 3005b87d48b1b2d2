using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Element-wise arithmetic, comparisons, activations, reductions and normalisations.</summary>
internal static class ArithmeticOperators
{
    private static readonly DataType[] s_numbers = ArithmeticChecks.Numbers.ToArray();

    private static readonly DataType[] s_signed =
        [DataType.Float32, DataType.Float64, DataType.Int8, DataType.Int32, DataType.Int64];

    /// <summary>Adds this group's operators to the table.</summary>
    public static void Register(Dictionary<string, Func<Node, Operator>> makers)
    {
        RegisterBinary(makers);
        RegisterLogic(makers);
        RegisterUnary(makers);
        RegisterTrigonometry(makers);
        RegisterActivations(makers);
        RegisterReductions(makers);
        RegisterAlongAxes(makers);
        RegisterNormalizations(makers);
    }

    private static void RegisterBinary(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["Add"] = node => new BinaryOperator<Add>(node, BroadcastShape.Of(node));
        makers["Sub"] = node => new BinaryOperator<Subtract>(node, BroadcastShape.Of(node));
        makers["Mul"] = node => new BinaryOperator<Multiply>(node, BroadcastShape.Of(node));
        makers["Div"] = node => new BinaryOperator<Divide>(node, BroadcastShape.Of(node));
        makers["Mod"] = node => node.Attributes.GetInt(node, "fmod", 0) == 0
            ? new BinaryOperator<Modulo>(node, BroadcastShape.Of(node), floats: false)
            : new BinaryOperator<Remainder>(node, BroadcastShape.Of(node));
        makers["Pow"] = node => new PowOperator(node);
        makers["BitShift"] = node => new BitShiftOperator(node);
        makers["PRelu"] = node => new PReluOperator(node);
        makers["Max"] = node => new VariadicOperator<Maximum>(node, integers: true);
        makers["Min"] = node => new VariadicOperator<Minimum>(node, integers: true);
        makers["Sum"] = node => new VariadicOperator<Add>(node, integers: false);
        makers["Mean"] = node => new MeanOperator(node);
    }

    private static void RegisterLogic(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["And"] = node => new LogicOperator<And>(node);
        makers["Or"] = node => new LogicOperator<Or>(node);
        makers["Xor"] = node => new LogicOperator<Xor>(node);
        makers["Not"] = node => new NotOperator(node);
        makers["Equal"] = node => new ComparisonOperator<Equal>(node, bools: true);
        makers["Less"] = node => new ComparisonOperator<Less>(node);
        makers["LessOrEqual"] = node => new ComparisonOperator<LessOrEqual>(node);
        makers["Greater"] = node => new ComparisonOperator<Greater>(node);
        makers["GreaterOrEqual"] = node => new ComparisonOperator<GreaterOrEqual>(node);
        makers["Where"] = node => new WhereOperator(node);
        makers["IsNaN"] = node => new IsNaNOperator(node);
        makers["IsInf"] = node => new IsInfOperator(node);
        makers["Cast"] = node => new CastOperator(node);
        makers["CastLike"] = node => new CastOperator(node, isLike: true);
    }

    private static void RegisterUnary(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["Neg"] = node => new NumberUnaryOperator<Negation>(node, s_signed);
        makers["Abs"] = node => new NumberUnaryOperator<AbsoluteValue>(node, s_numbers);
        makers["Sign"] = node => new NumberUnaryOperator<Sign>(node, s_numbers);
        makers["Relu"] = node => new NumberUnaryOperator<Relu>(node, s_signed);
        makers["Ceil"] = node => new FloatVectorOperator<Ceiling>(node);
        makers["Floor"] = node => new FloatVectorOperator<Floor>(node);
        makers["Round"] = node => new FloatVectorOperator<RoundToEven>(node);
        makers["Reciprocal"] = node => new FloatVectorOperator<Reciprocal>(node);
        makers["Sqrt"] = node => new FloatVectorOperator<SquareRoot>(node);
        makers["Exp"] = node => new FloatVectorOperator<Exponential>(node);
        makers["Log"] = node => new FloatVectorOperator<NaturalLogarithm>(node);
        makers["Erf"] = node => new FloatVectorOperator<Erf>(node);
    }

    private static void RegisterTrigonometry(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["Sin"] = node => new FloatUnaryOperator<Sine>(node);
        makers["Cos"] = node => new FloatUnaryOperator<Cosine>(node);
        makers["Tan"] = node => new FloatUnaryOperator<Tangent>(node);
        makers["Asin"] = node => new FloatUnaryOperator<ArcSine>(node);
        makers["Acos"] = node => new FloatUnaryOperator<ArcCosine>(node);
        makers["Atan"] = node => new FloatUnaryOperator<ArcTangent>(node);
        makers["Sinh"] = node => new FloatUnaryOperator<HyperbolicSine>(node);
        makers["Cosh"] = node => new FloatUnaryOperator<HyperbolicCosine>(node);
        makers["Tanh"] = node => new FloatVectorOperator<HyperbolicTangent>(node);
        makers["Asinh"] = node => new FloatUnaryOperator<InverseHyperbolicSine>(node);
        makers["Acosh"] = node => new FloatUnaryOperator<InverseHyperbolicCosine>(node);
        makers["Atanh"] = node => new FloatUnaryOperator<InverseHyperbolicTangent>(node);
    }

    private static void RegisterActivations(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["Sigmoid"] = node => new FloatVectorOperator<Sigmoid>(node);
        makers["HardSigmoid"] = node => new FloatVectorOperator<HardSigmoid>(
            node, new HardSigmoid(Float(node, "alpha", 0.2f), Float(node, "beta", 0.5f)));
        makers["HardSwish"] = node => new FloatVectorOperator<HardSwish>(node);
        makers["LeakyRelu"] = node => new FloatVectorOperator<LeakyRelu>(
            node, new LeakyRelu(Float(node, "alpha", 0.01f)));
        makers["ThresholdedRelu"] = node => new FloatVectorOperator<ThresholdedRelu>(
            node, new ThresholdedRelu(Float(node, "alpha", 1)));
        makers["Elu"] = node => new FloatVectorOperator<ScaledElu>(
            node, new ScaledElu(Float(node, "alpha", 1), 1));
        makers["Selu"] = MakeSelu;
        makers["Celu"] = node => new FloatUnaryOperator<Celu>(node, new Celu(Float(node, "alpha", 1)));
        makers["Softplus"] = node => new FloatUnaryOperator<Softplus>(node);
        makers["Softsign"] = node => new FloatVectorOperator<Softsign>(node);
        makers["Mish"] = node => new FloatUnaryOperator<Mish>(node);
        makers["Gelu"] = MakeGelu;
        makers["Clip"] = node => new ClipOperator(node);
        makers["Dropout"] = node => new DropoutOperator(node);
    }

    private static void RegisterReductions(Dictionary<string, Func<Node, Operator>> makers)
    {
        DataType[] floats = ArithmeticChecks.Floats.ToArray();
        DataType[] some = ArithmeticChecks.FloatsAndIntegers.ToArray();
        makers["ReduceSum"] = node => new ReduceOperator<Reducer<SumReduction>>(node, 13, some);
        makers["ReduceMean"] = node => new ReduceOperator<Reducer<MeanReduction>>(node, 18, some);
        makers["ReduceMax"] = node => new ReduceOperator<Reducer<MaximumReduction>>(node, 18, s_numbers);
        makers["ReduceMin"] = node => new ReduceOperator<Reducer<MinimumReduction>>(node, 18, s_numbers);
        makers["ReduceProd"] = node => new ReduceOperator<Reducer<ProductReduction>>(node, 18, some);
        makers["ReduceL1"] = node => new ReduceOperator<Reducer<L1Reduction>>(node, 18, some);
        makers["ReduceL2"] = node => new ReduceOperator<Reducer<L2Reduction>>(node, 18, some);
        makers["ReduceSumSquare"] = node => new ReduceOperator<Reducer<SquareReduction>>(node, 18, some);
        makers["ReduceLogSum"] = node => new ReduceOperator<Reducer<LogSumReduction>>(node, 18, some);
        makers["ReduceLogSumExp"] = node => new ReduceOperator<LogSumExpReducer>(node, 18, floats);
    }

    private static void RegisterAlongAxes(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["Softmax"] = node => new SoftmaxOperator<SoftmaxLine>(node);
        makers["LogSoftmax"] = node => new SoftmaxOperator<LogSoftmaxLine>(node);
        makers["Hardmax"] = node => new SoftmaxOperator<HardmaxLine>(node);
        makers["ArgMax"] = node => new ArgOperator<Greater>(node);
        makers["ArgMin"] = node => new ArgOperator<Less>(node);
        makers["CumSum"] = node => new CumSumOperator(node);
    }

    private static void RegisterNormalizations(Dictionary<string, Func<Node, Operator>> makers)
    {
        makers["BatchNormalization"] = node => new BatchNormalizationOperator(node);
        makers["InstanceNormalization"] = node => new InstanceNormalizationOperator(node);
        makers["LayerNormalization"] = node => new LayerNormalizationOperator(node);
        makers["LRN"] = node => new LocalResponseNormalizationOperator(node);
        makers["MeanVarianceNormalization"] = node => new MeanVarianceNormalizationOperator(node);
        makers["LpNormalization"] = node => new LpNormalizationOperator(node);
        makers["QuantizeLinear"] = node => new QuantizeLinearOperator(node);
        makers["DequantizeLinear"] = node => new DequantizeLinearOperator(node);
        makers["DynamicQuantizeLinear"] = node => new DynamicQuantizeLinearOperator(node);
    }

    private static FloatVectorOperator<ScaledElu> MakeSelu(Node node)
    {
        float alpha = Float(node, "alpha", node.Opset < 6 ? 1.6732f : 1.67326319217681884765625f);
        float gamma = Float(node, "gamma", node.Opset < 6 ? 1.0507f : 1.05070102214813232421875f);
        return new FloatVectorOperator<ScaledElu>(node, new ScaledElu(alpha, gamma));
    }

    private static Operator MakeGelu(Node node)
    {
        return node.Attributes.GetString(node, "approximate", "none") switch
        {
            "none" => new FloatVectorOperator<Gelu>(node),
            "tanh" => new FloatUnaryOperator<GeluByTanh>(node),
            string other => throw ModelError.Unsupported(
                node.Place, $"attribute 'approximate' is '{other}', it must be none or tanh"),
        };
    }

    private static float Float(Node node, string name, float missing) =>
        node.Attributes.GetFloat(node, name, missing);
}
