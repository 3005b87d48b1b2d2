using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Planning;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Engine.Inspection;

/// <summary>Tells how the engine runs a model, without running it.</summary>
public static class ModelInspection
{
    /// <summary>Compiles the model in <paramref name="path"/> and describes the plan.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="options">Shapes, values and threads as for a session; null for the defaults.</param>
    /// <exception cref="ModelError">The file is no valid model, or the engine does not run it.</exception>
    public static InspectedModel Read(string path, SessionOptions? options = null) =>
        Inspect(() => OnnxReader.Read(path), options ?? new SessionOptions());

    /// <summary>Compiles a model in memory and describes the plan.</summary>
    /// <param name="file">The bytes of its file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="options">Shapes, values and threads as for a session.</param>
    /// <exception cref="ModelError">It is no valid model, or the engine does not run it.</exception>
    public static InspectedModel Parse(byte[] file, string name, SessionOptions options) =>
        Inspect(() => OnnxReader.Parse(file, name), options);

    private static InspectedModel Inspect(Func<OnnxModel> read, SessionOptions options)
    {
        OnnxModel model = read();
        using CompiledModel compiled = ModelCompiler.Compile(model, options);
        using CompiledModel planar = ModelCompiler.Compile(read(), options, PassLevel.Fuse);
        return Describe(model, compiled, planar.Graph);
    }

    /// <summary>The 1x1 convolutions of a model in execution order, the deepest last.</summary>
    /// <inheritdoc cref="Read" path="//param|//exception"/>
    public static IReadOnlyList<PointwiseLayer> PointwiseLayers(string path, SessionOptions? options = null)
    {
        using CompiledModel compiled = ModelCompiler.Compile(
            OnnxReader.Read(path), options ?? new SessionOptions(), PassLevel.CleanUp);
        HashSet<Node> heads = PredictionHeads.Find(compiled.Graph);
        return [.. compiled.Graph.Nodes.Where(IsPointwise)
            .Select(node => DescribePointwise(node) with { IsHead = heads.Contains(node) })];
    }

    /// <summary>The convolutions of a model in execution order, as kernels take them, of one image each.</summary>
    /// <inheritdoc cref="Read" path="//param|//exception"/>
    public static IReadOnlyList<ConvolutionShape> Convolutions(string path, SessionOptions? options = null)
    {
        using CompiledModel compiled = ModelCompiler.Compile(
            OnnxReader.Read(path), options ?? new SessionOptions(), PassLevel.ChannelsLast);
        return [.. compiled.Graph.Nodes.Select(node => node.Operator).OfType<Convolution>()
            .Where(convolution => convolution.IsChannelsLast && LayerShape.Exists(convolution.Geometry))
            .Select(LayerShape.Of)];
    }

    private static bool IsPointwise(Node node) =>
        node.Operator is Convolution { Geometry: { Groups: 1, KernelPositions: 1 } };

    private static PointwiseLayer DescribePointwise(Node node)
    {
        ConvolutionGeometry geometry = ((Convolution)node.Operator!).Geometry;
        return new PointwiseLayer(
            node.Name,
            node.Outputs[0]!.Name,
            geometry.InputChannels,
            geometry.OutputChannels,
            (int)geometry.OutputPositions)
        {
            IsSeparable = SeparablePairs.DepthwiseBefore(node.Inputs[0]) is not null,
            Height = node.Outputs[0]!.Shape is { Rank: 4 } shape ? shape[2] : 1,
            Width = node.Outputs[0]!.Shape![-1],
        };
    }

    private static InspectedModel Describe(OnnxModel model, CompiledModel compiled, ModelGraph planar)
    {
        ReceptiveFields fields = new(planar);
        ModelGraph graph = compiled.Graph;
        InspectedStep[] steps = [.. graph.Nodes.Select((node, i) =>
            DescribeStep(node, compiled.Plan.IsElided[i], fields.Of(LayoutBuilder.PlanarName(node.Outputs[0]!))))];
        return new InspectedModel
        {
            Model = compiled.Identity,
            Opset = model.Opset,
            Producer = model.Producer,
            Inputs = [.. compiled.FreeInputs.Select(input => DescribeValue(input, input.Name))],
            Outputs = [.. graph.Outputs.Take(compiled.OwnOutputs)
                .Select((output, i) => DescribeValue(output, graph.OutputNames[i]))],
            Steps = steps,
            Pairs = SeparablePairs.Find(planar),
            Blocks = [.. compiled.Blocks.Select(block => DescribeBlock(block, graph))],
            Concatenations = [.. graph.Nodes.Index().Where(step => step.Item.Operator is Concat)
                .Select(step => DescribeConcatenation(step.Item, step.Index, compiled.Plan))],
            Rewrites = compiled.Rewrites,
            Totals = new InspectedTotals(
                graph.Nodes.SelectMany(Parameters).Distinct().Sum(tensor => tensor.Shape.ElementCount),
                steps.Sum(step => step.MultiplyAdds),
                compiled.Plan.Layout.Bytes,
                compiled.Plan.Layout.LowerBound,
                fields.Greatest),
        };
    }

    private static InspectedStep DescribeStep(Node node, bool isElided, IReadOnlyList<int>? receptiveField) =>
        new()
    {
        Node = node.Name,
        Operator = node.OperatorName,
        Fused = node.Operator switch
        {
            Convolution convolution => DescribeFused(convolution),
            StreamedConvolutions chain => string.Join(',', chain.Links.Select(DescribeFused)),
            _ => "",
        },
        Kernel = isElided ? "view" : node.Operator!.KernelName,
        Inputs = [.. node.Inputs.OfType<Value>().Where(v => !v.IsConstant)
            .Select(v => DescribeValue(v, v.Name))],
        Outputs = [.. node.Outputs.OfType<Value>().Select(v => DescribeValue(v, v.Name))],
        Parameters = Parameters(node).Sum(tensor => tensor.Shape.ElementCount),
        MultiplyAdds = node.Operator!.MultiplyAdds,
        ReceptiveField = receptiveField,
    };

    private static InspectedBlock DescribeBlock(StreamedBlock block, ModelGraph graph)
    {
        Node? joined = block.IsStreamed ? graph.Nodes.Find(node => node.Name == block.Nodes[^1]) : null;
        IEnumerable<string> kernels = (joined?.Operator as StreamedConvolutions)?.LinkKernels ?? [];
        return new InspectedBlock(block.Nodes, [.. kernels], block.Obstacle);
    }

    private static InspectedConcatenation DescribeConcatenation(Node node, int step, MemoryPlan plan) => new(
        node.Name,
        node.Inputs.Length,
        [.. plan.Copies.Where(copy => copy.Step == step)
            .Select(copy => new InspectedCopy(
                LayoutBuilder.PlanarName(node.Inputs[copy.Input]!), copy.Reason))]);

    private static string DescribeFused(Convolution convolution)
    {
        string scale = convolution.HasScale ? "+scale" : "", residual = convolution.HasResidual ? "+residual" : "";
        Activation function = convolution.Activation;
        string activation = function == Activation.None ? "" : $"+{function.Kind}";
        OutputStatistics statistics = convolution.Statistics;
        return scale + residual + NameOf(statistics.Before) + activation + NameOf(statistics.After);
    }

    private static string NameOf(Statistic statistic) => statistic switch
    {
        Statistic.None => "",
        Statistic.Mean => "+mean",
        _ => "+moments",
    };

    private static InspectedValue DescribeValue(Value value, string name) =>
        new(name, DataTypes.NameOf(value.Type!.Value), value.Shape!.Dimensions.ToArray());

    // Axes, target shapes and bounds are constants too, but nothing that was learned.
    private static IEnumerable<Tensor> Parameters(Node node)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Inputs[i]?.Constant is { Shape.Rank: > 0 } tensor && !node.Operator!.NeedsValue(i)
                && tensor.Type is not (DataType.Int64 or DataType.Bool))
            {
                yield return tensor;
            }
        }
    }
}
