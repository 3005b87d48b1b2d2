using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Tests.Graph;

/// <summary>Runs a graph node by node, every value in memory of its own.</summary>
internal static class GraphRunner
{
    /// <summary>The outputs of the graph for inputs drawn from <paramref name="seed"/>, -1..1.</summary>
    public static float[][] Run(ModelGraph graph, int seed)
    {
        Dictionary<Value, Tensor> memory = [];
        foreach (GraphInput input in graph.Inputs)
            memory[input.Value] = Draw(input.Value.Shape!, seed);
        foreach (Node node in graph.Nodes)
        {
            Tensor?[] outputs = [.. node.Outputs.Select(value => value is null ? null : Make(value))];
            node.Operator!.Run([.. node.Inputs.Select(value => Content(value, memory))], outputs);
            for (int i = 0; i < outputs.Length; i++)
            {
                if (node.Outputs[i] is { } value)
                    memory[value] = outputs[i]!;
            }
        }

        return [.. graph.Outputs.Select(value => Content(value, memory)!.AsSpan<float>().ToArray())];
    }

    private static Tensor Make(Value value) => new(value.Type!.Value, value.Shape!);

    private static Tensor? Content(Value? value, Dictionary<Value, Tensor> memory) =>
        value is null ? null : value.Constant ?? memory[value];

    private static Tensor Draw(Shape shape, int seed)
    {
        Random random = new(seed);
        Tensor tensor = new(DataType.Float32, shape);
        foreach (ref float element in tensor.AsSpan<float>())
            element = (random.NextSingle() * 2) - 1;
        return tensor;
    }
}
