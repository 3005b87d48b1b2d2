using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using static System.FormattableString;

namespace EdgeConv.Engine.Scaling;

/// <summary>
/// A network that a family is made of: its depthwise-separable blocks are known, so that it can be made deeper,
/// wider and larger, or smaller. Not thread-safe.
/// </summary>
public sealed class BaseNetwork : IDisposable
{
    /// <summary>The most multiply-adds that a scaled network may have.</summary>
    public const double MostMultiplyAdds = 1e11;

    /// <summary>The most weights that a scaled network may have.</summary>
    public const double MostParameters = 1e8;

    private readonly ConstantStore _constants;
    private readonly ModelGraph _graph;
    private readonly int _opset;
    private readonly IReadOnlyList<NetworkStage> _stages;

    private BaseNetwork(OnnxModel model, ConstantStore constants)
    {
        (_graph, _opset, _constants, Model) = (model.Graph, model.Opset, constants, model.Identity);
        _stages = BlockFinder.Stages(_graph);
        if (_stages.Count == 0)
        {
            throw ModelError.Unsupported(_graph.ModelName,
                "has no block that could be repeated: a depthwise convolution between others of 1x1");
        }
    }

    /// <summary>Which file.</summary>
    public ModelIdentity Model { get; }

    /// <summary>Number of blocks.</summary>
    public int Blocks => _stages.Sum(stage => stage.Blocks.Count);

    /// <summary>Number of stages: runs of blocks that are alike.</summary>
    public int Stages => _stages.Count;

    /// <summary>Sides of its input, or its length.</summary>
    public IReadOnlyList<int> Extents => [.. _graph.Inputs[0].Value.Shape!.Dimensions[2..]];

    /// <summary>Reads the network in <paramref name="path"/>.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="options">The shape of an input whose extents the file leaves open.</param>
    /// <exception cref="ModelError">
    /// The file is no valid model, or holds no such network: names the node that does not fit.
    /// </exception>
    public static BaseNetwork Read(string path, SessionOptions options)
    {
        OnnxModel model = OnnxReader.Read(path);
        ConstantStore constants = new();
        try
        {
            constants.Collect(model.Graph);
            ShapeInference.Run(model.Graph, options);
            constants.Collect(model.Graph);
            constants.Complete();
            ScalableGraph.Require(model.Graph);
            return new BaseNetwork(model, constants);
        }
        catch
        {
            constants.Dispose();
            throw;
        }
        finally
        {
            model.Close();
        }
    }

    /// <summary>Why a scale is out of the question, one clause; null when it is not.</summary>
    public string? ObstacleTo(NetworkScale scale)
    {
        double multiplyAdds = _graph.Nodes.Sum(node => node.Operator!.MultiplyAdds) * scale.Growth(Extents.Count);
        double weights = WeightCount() * scale.Depth * scale.Width * scale.Width;
        if (!(multiplyAdds <= MostMultiplyAdds && weights <= MostParameters))
        {
            return Invariant($"makes a network of some {multiplyAdds:0.0e+0} multiply-adds and ")
                + Invariant($"{weights:0.0e+0} weights, at most {MostMultiplyAdds:0e+0} and {MostParameters:0e+0} are tried");
        }

        return Extents.Any(extent => scale.Extent(extent) == 0)
            ? Invariant($"leaves nothing of the input of {string.Join('x', Extents)}")
            : null;
    }

    /// <summary>
    /// Makes the network of another scale, not trained: its weights are those of this network, repeated or cut.
    /// At a scale of 1 it is this network.
    /// </summary>
    /// <exception cref="ModelError">The input becomes too small for a layer: names the node.</exception>
    /// <exception cref="ArgumentException">There is an <see cref="ObstacleTo"/> the scale.</exception>
    public ScaledNetwork Scale(NetworkScale scale)
    {
        if (ObstacleTo(scale) is { } obstacle)
            throw new ArgumentException(obstacle, nameof(scale));
        using ScaledWeights weights = new();
        ModelGraph graph = new GraphScaler(_graph, _stages, scale, weights).Scale();
        Dictionary<string, string> notes = new()
        {
            ["scaled_from"] = Model.Name,
            ["depth"] = Invariant($"{scale.Depth:0.0000}"),
            ["width"] = Invariant($"{scale.Width:0.0000}"),
            ["weights"] = "those of the base network, repeated or cut; not trained",
        };
        return new ScaledNetwork(
            OnnxWriter.Write(graph, _opset, notes),
            [.. graph.Inputs[0].Value.Shape!.Dimensions[2..]],
            _stages.Sum(stage => scale.Repeats(stage.Blocks.Count)));
    }

    /// <inheritdoc/>
    public void Dispose() => _constants.Dispose();

    private double WeightCount() => _graph.Nodes.SelectMany(node => node.Inputs).OfType<Value>()
        .Where(value => value.IsConstant).Distinct().Sum(value => (double)value.Shape!.ElementCount);
}

/// <summary>A network made of a <see cref="BaseNetwork"/>.</summary>
/// <param name="File">Its ONNX file.</param>
/// <param name="Extents">Sides of its input, or its length.</param>
/// <param name="Blocks">Its blocks.</param>
public sealed record ScaledNetwork(byte[] File, IReadOnlyList<int> Extents, int Blocks);
