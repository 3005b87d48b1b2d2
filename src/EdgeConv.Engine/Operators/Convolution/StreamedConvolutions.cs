using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Two-dimensional convolutions with channels last that follow one another, computed a few rows at a time by
/// <see cref="ConvolutionChain"/>. Inputs x, then weights and bias (or null) of each, then the residual of the
/// last if it has one; outputs y, then the statistics of each if one has any, before and behind its
/// activation.
/// </summary>
internal sealed unsafe class StreamedConvolutions : Operator, ISharedWork
{
    /// <summary>Its name in listings.</summary>
    public const string Name = "ConvChain";

    private readonly IReadOnlyList<Convolution> _links;
    private ConvolutionChain? _chain;
    private WorkerPool? _pool;
    private long _shareBytes;
    private float* _input;
    private byte* _pixels;
    private float* _output;
    private float* _residual;

    /// <summary>Makes a chain of convolutions whose extents are known.</summary>
    public StreamedConvolutions(Node node, IReadOnlyList<Convolution> links)
        : base(node) => _links = links;

    /// <summary>The convolutions in their order.</summary>
    public IReadOnlyList<Convolution> Links => _links;

    /// <inheritdoc/>
    public override long MultiplyAdds => _links.Sum(link => link.MultiplyAdds);

    /// <inheritdoc/>
    public override string? KernelName => ConvolutionChain.KernelName;

    /// <summary>The kernels of the convolutions; known after <see cref="Prepare"/>.</summary>
    public IEnumerable<string> LinkKernels => _chain!.Links.Select(link => link.Layer.KernelName);

    /// <summary>The inputs of a node of this operator, from those of the convolutions it replaces.</summary>
    public static Value?[] InputsOf(IReadOnlyList<Node> nodes)
    {
        List<Value?> inputs = [nodes[0].Inputs[0]];
        foreach (Node node in nodes)
            inputs.AddRange([node.Inputs[1], node.Inputs.Length > 2 ? node.Inputs[2] : null]);
        if (nodes[^1].Operator is Convolution { HasResidual: true })
            inputs.Add(nodes[^1].Inputs[^1]);
        return [.. inputs];
    }

    /// <summary>The outputs of such a node.</summary>
    public static Value?[] OutputsOf(IReadOnlyList<Node> nodes)
    {
        Value? output = nodes[^1].Outputs[0];
        if (nodes.All(node => node.Outputs.Length == 1))
            return [output];
        return
        [
            output,
            .. nodes.SelectMany(node => node.Outputs is [_, .. { Length: 2 } both] ? both : [null, null]),
        ];
    }

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        throw new InvalidOperationException("shapes are inferred before convolutions are joined");

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context)
    {
        ChainLink[] links = new ChainLink[_links.Count];
        for (int i = 0; i < links.Length; i++)
        {
            Value weights = Node.Inputs[1 + (2 * i)]!;
            Tensor? bias = Node.Inputs[2 + (2 * i)]?.Constant;
            ConvolutionLayer layer =
                PackedLayers.Make(context.Weights, LayerShape.Of(_links[i]), weights, bias);
            links[i] = new ChainLink(context.Own(layer), _links[i].Activation, _links[i].Statistics);
            context.Release(1 + (2 * i));
            context.Release(2 + (2 * i));
        }

        _chain = new ConvolutionChain(links);
        bool isWorthAFork = context.Pool is { } pool && WorkerPool.IsWorthAFork(MultiplyAdds, pool.Shares);
        _pool = isWorthAFork ? context.Pool : null;
        _shareBytes = (_chain.ScratchBytes + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;
        context.ScratchBytes = _shareBytes * (_pool?.Shares ?? 1);
    }

    /// <inheritdoc/>
    public override bool CanWriteRows(long rowBytes) => _links[^1].CanWriteRows(rowBytes);

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        bool isPixels = _links[0].Pixels is not null;
        _input = isPixels ? null : (float*)inputs[0]!.Data;
        _pixels = isPixels ? inputs[0]!.Data : null;
        _output = (float*)outputs[0]!.Data;
        _residual = _links[^1].HasResidual ? (float*)inputs[^1]!.Data : null;
        if (_pool is null)
            RunShare(0, 1);
        else
            _pool.Run(this);
        if (outputs.Length > 1)
            Reduce(outputs);
    }

    /// <inheritdoc/>
    public void RunShare(int share, int shares)
    {
        ConvolutionShape first = _chain!.First, last = _chain.Last;
        long inputLength = (long)first.InputChannels * first.InputPixels;
        long outputStride = OutputRowStep == 0 ? last.OutputChannels : OutputRowStep / sizeof(float);
        long outputLength = outputStride * last.OutputPixels;
        for (int n = 0; n < _links[0].Geometry.Batch; n++)
        {
            _chain.Run(new ChainArguments
            {
                Input = _input is null ? null : _input + (n * inputLength),
                Pixels = _pixels is null ? null : _pixels + (n * inputLength),
                Output = _output + (n * outputLength),
                OutputStride = outputStride,
                Residual = _residual is null ? null : _residual + (n * outputLength),
                Scratch = Scratch + (share * _shareBytes),
                Share = share,
                Shares = shares,
            });
        }
    }

    private void Reduce(ReadOnlySpan<Tensor?> outputs)
    {
        for (int i = 0; i < _links.Count; i++)
        {
            Tensor? before = outputs[1 + (2 * i)], after = outputs[2 + (2 * i)];
            _chain!.Reduce(
                i,
                Scratch,
                _shareBytes,
                _pool?.Shares ?? 1,
                before is null ? null : (float*)before.Data,
                after is null ? null : (float*)after.Data);
        }
    }
}
