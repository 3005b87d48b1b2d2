using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// How many inputs and outputs each operator has, by version of the operator set, as in the operators'
/// reference (https://onnx.ai/onnx/operators). A node is held to it before its operator sees it, so that an
/// operator may rely on the inputs it requires and no input is silently left aside.
/// </summary>
internal static class Arity
{
    private const int Any = int.MaxValue;

    // One input and one output in every version.
    private const string Unary =
        "Abs Acos Acosh ArgMax ArgMin Asin Asinh Atan Atanh AveragePool Cast Ceil ConstantOfShape Cos Cosh "
        + "DepthToSpace Elu Erf Exp Flatten Floor Gelu GlobalAveragePool GlobalLpPool GlobalMaxPool "
        + "HardSigmoid HardSwish Hardmax Identity IsInf IsNaN LRN LeakyRelu Log LogSoftmax LpNormalization "
        + "LpPool MeanVarianceNormalization Mish Neg NonZero Not Reciprocal Relu Round Selu Shape Shrink "
        + "Sigmoid Sign Sin Sinh Size Softmax Softplus Softsign SpaceToDepth Sqrt Tan Tanh "
        + "ThresholdedRelu Transpose";

    // Two inputs and one output in every version.
    private const string Binary =
        "Add And BitShift CastLike Compress CumSum Div Equal Expand Gather GatherElements GatherND Greater "
        + "GreaterOrEqual Less LessOrEqual MatMul Mod Mul Or PRelu Pow Sub Xor";

    private static readonly string[] Reductions =
    [
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
        "ReduceProd", "ReduceSumSquare",
    ];

    private static readonly Dictionary<string, List<Row>> Table = Build();

    private readonly record struct Row(int Since, int Least, int Most, int Outputs);

    /// <summary>
    /// Holds the node to its operator's row; operators without one are not held to anything.
    /// </summary>
    /// <exception cref="ModelError">Too few inputs, or too many inputs or outputs for the opset.</exception>
    public static void Check(Node node)
    {
        if (!Table.TryGetValue(node.OperatorName, out List<Row>? rows))
            return;
        if (rows.FindLast(row => row.Since <= node.Opset) is not { Since: > 0 } row)
            throw new ModelError(
                node.Place, $"does not exist in opset {node.Opset}, only from {rows[0].Since} on");
        int required = row.Most == Any ? Math.Max(row.Least, node.Inputs.Length) : row.Least;
        for (int i = 0; i < required; i++)
        {
            if (i >= node.Inputs.Length || node.Inputs[i] is null)
                throw new ModelError(node.Place, $"input {i} is missing");
        }

        if (node.Inputs.Length > row.Most)
            throw TooMany(node, node.Inputs.Length, "inputs", row.Most);
        if (node.Outputs.Length > row.Outputs)
            throw TooMany(node, node.Outputs.Length, "outputs", row.Outputs);
        if (node.Outputs.Length == 0)
            throw new ModelError(node.Place, "has no outputs");
    }

    private static ModelError TooMany(Node node, int count, string what, int most) =>
        new(node.Place, $"has {count} {what}, in opset {node.Opset} it has at most {most}");

    private static Dictionary<string, List<Row>> Build()
    {
        Dictionary<string, List<Row>> table = new(StringComparer.Ordinal);
        foreach (string name in Unary.Split(' '))
            Add(table, name, new Row(1, 1, 1, 1));
        foreach (string name in Binary.Split(' '))
            Add(table, name, new Row(1, 2, 2, 1));
        foreach (string name in new[] { "Max", "Min", "Sum", "Mean", "Concat", "Einsum" })
            Add(table, name, new Row(1, 1, Any, 1));
        foreach (string name in Reductions)
            Add(table, name, new Row(1, 1, 1, 1), new Row(18, 1, 2, 1));
        AddNeural(table);
        AddQuantized(table);
        AddArranging(table);
        return table;
    }

    private static void AddNeural(Dictionary<string, List<Row>> table)
    {
        Add(table, "BatchNormalization", new Row(1, 5, 5, 5), new Row(14, 5, 5, 3));
        Add(table, "Clip", new Row(1, 1, 1, 1), new Row(11, 1, 3, 1));
        Add(table, "Conv", new Row(1, 2, 3, 1));
        Add(table, "ConvTranspose", new Row(1, 2, 3, 1));
        Add(table, "Dropout", new Row(1, 1, 1, 2), new Row(12, 1, 3, 2));
        Add(table, "Gemm", new Row(1, 3, 3, 1), new Row(11, 2, 3, 1));
        Add(table, "GroupNormalization", new Row(18, 3, 3, 1));
        Add(table, "InstanceNormalization", new Row(1, 3, 3, 1));
        Add(table, "LayerNormalization", new Row(17, 2, 3, 3));
        Add(table, "MaxPool", new Row(1, 1, 1, 1), new Row(8, 1, 1, 2));
        Add(table, "NonMaxSuppression", new Row(10, 2, 5, 1));
        Add(table, "ReduceSum", new Row(1, 1, 1, 1), new Row(13, 1, 2, 1));
    }

    private static void AddQuantized(Dictionary<string, List<Row>> table)
    {
        Add(table, "ConvInteger", new Row(10, 2, 4, 1));
        Add(table, "DequantizeLinear", new Row(10, 2, 3, 1));
        Add(table, "DynamicQuantizeLinear", new Row(11, 1, 1, 3));
        Add(table, "MatMulInteger", new Row(10, 2, 4, 1));
        Add(table, "QLinearConv", new Row(10, 8, 9, 1));
        Add(table, "QLinearMatMul", new Row(10, 8, 8, 1));
        Add(table, "QuantizeLinear", new Row(10, 2, 3, 1));
    }

    private static void AddArranging(Dictionary<string, List<Row>> table)
    {
        Add(table, "OneHot", new Row(9, 3, 3, 1));
        Add(table, "Pad", new Row(1, 1, 1, 1), new Row(11, 2, 3, 1), new Row(18, 2, 4, 1));
        Add(table, "Range", new Row(11, 3, 3, 1));
        Add(table, "Reshape", new Row(1, 1, 1, 1), new Row(5, 2, 2, 1));
        Add(table, "Resize", new Row(10, 2, 2, 1), new Row(11, 1, 4, 1));
        Add(table, "ScatterElements", new Row(11, 3, 3, 1));
        Add(table, "ScatterND", new Row(11, 3, 3, 1));
        Add(table, "Slice", new Row(1, 1, 1, 1), new Row(10, 3, 5, 1));
        Add(table, "Split", new Row(1, 1, 2, Any), new Row(2, 1, 1, Any), new Row(13, 1, 2, Any));
        Add(table, "Squeeze", new Row(1, 1, 1, 1), new Row(13, 1, 2, 1));
        Add(table, "Tile", new Row(1, 3, 3, 1), new Row(6, 2, 2, 1));
        Add(table, "TopK", new Row(1, 1, 1, 2), new Row(10, 2, 2, 2));
        Add(table, "Trilu", new Row(14, 1, 2, 1));
        Add(table, "Unsqueeze", new Row(1, 1, 1, 1), new Row(13, 2, 2, 1));
        Add(table, "Upsample", new Row(1, 1, 1, 1), new Row(9, 2, 2, 1));
        Add(table, "Where", new Row(9, 3, 3, 1));
    }

    private static void Add(Dictionary<string, List<Row>> table, string name, params Row[] rows) =>
        table.Add(name, [.. rows]);
}
