using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Scaling;

/// <summary>Which graphs can be scaled: what each node does with other channels and sizes must be known.</summary>
internal static class ScalableGraph
{
    private const string Right = "convolutions, activations, pooling and linear layers in one line can be scaled";

    private static readonly HashSet<string> Operators =
    [
        "Conv", "Gemm", "MatMul", "BatchNormalization",
        "GlobalAveragePool", "GlobalMaxPool", "AveragePool", "MaxPool", "ReduceMean",
        "Flatten", "Reshape", "Squeeze", "Transpose", "Identity", "Dropout", "Softmax", "LogSoftmax",
        "Add", "Sub", "Mul", "Div", "Min", "Max", "Pow", "Sqrt",
        "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
        "Softplus", "Softsign", "Mish", "Gelu", "Erf", "Exp",
    ];

    /// <summary>Requires that a graph whose shapes are known can be scaled.</summary>
    /// <exception cref="ModelError">Unsupported: names the first node that cannot.</exception>
    public static void Require(ModelGraph graph)
    {
        if (graph.Inputs.Count != 1 || graph.Outputs.Length != 1)
        {
            throw ModelError.Unsupported(graph.ModelName,
                $"{graph.Inputs.Count} inputs and {graph.Outputs.Length} outputs; with one of each it can be scaled");
        }

        if (graph.Inputs[0].Value is not { Type: DataType.Float32, Shape.Rank: >= 3 } input)
        {
            throw ModelError.Unsupported(graph.ModelName,
                $"takes {graph.Inputs[0].Value}; a picture or series of float32 [N,C,...] can be scaled");
        }

        foreach (Node node in graph.Nodes)
        {
            if (ObstacleIn(node) is { } obstacle)
                throw ModelError.Unsupported(node.Place, $"{obstacle}; {Right}");
        }
    }

    /// <summary>Whether a node lays all positions of each sample in a row.</summary>
    public static bool IsFlattening(Node node) => node.OperatorName is "Flatten" or "Reshape"
        && node.Inputs[0]!.Shape is { Rank: > 1 } input
        && node.Outputs[0]!.Shape is { Rank: 2 } output && output[0] == input[0];

    /// <summary>Whether a pool's window is the whole image, however large that is.</summary>
    public static bool PoolsAll(Node node) => node.OperatorName is "AveragePool" or "MaxPool"
        && node.Attributes.GetInts(node, "kernel_shape") is { } kernel
        && node.Inputs[0]!.Shape!.Dimensions[2..].SequenceEqual([.. kernel.Select(extent => (int)extent)])
        && node.Outputs[0]!.Shape!.CountBetween(2, kernel.Length + 2) == 1;

    private static string? ObstacleIn(Node node) => node.OperatorName switch
    {
        var name when !Operators.Contains(name) => "is no operator that can be given other channels",
        "Conv" => ObstacleInConvolution(node),
        "Gemm" when node.Attributes.GetInt(node, "transA", 0) != 0 => "'transA' is 1",
        "Gemm" or "MatMul" when node.Inputs[0]!.Shape!.Rank != 2 => "input 0 is no row a sample",
        "Gemm" or "MatMul" when !IsWeight(node, 1) || node.Inputs[1]!.Shape!.Rank != 2
            => "input 1 is no constant matrix",
        "Transpose" when node.Inputs[0]!.Shape is not { Rank: > 2 } shape || shape.CountBetween(2, shape.Rank) != 1
            => "moves channels to where positions are",
        "Flatten" or "Reshape" when !IsFlattening(node) => "makes more of its input than one row a sample",
        _ => null,
    };

    private static string? ObstacleInConvolution(Node node)
    {
        if (!IsWeight(node, 1) || (node.Inputs.Length > 2 && node.Inputs[2] is not null && !IsWeight(node, 2)))
            return "its weights are no constants";
        ConvolutionGeometry geometry = ((Convolution)node.Operator!).Geometry;
        return geometry.Groups == 1 || geometry.IsDepthwise
            ? null
            : $"has {geometry.Groups} groups of {geometry.GroupInputs} channels";
    }

    private static bool IsWeight(Node node, int input) => node.Inputs[input]?.Constant is { Type: DataType.Float32 };
}
