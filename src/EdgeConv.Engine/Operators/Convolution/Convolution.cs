using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// ONNX <c>Conv</c>: y[n,o,p] = activation(b[o] + Σ w[o,i,t] x[n,g+i,p·stride - pad + t·dilation] + r[n,o,p])
/// with zeros outside x. Inputs x <c>[N,C_in,...]</c>, w <c>[C_out,C_in/G,...]</c>, b <c>[C_out]</c>; fusion
/// may add r <c>[N,C_out,...]</c> as input 3, the activation, and as input 4 a factor s <c>[N,C_in]</c> of
/// each channel of x. Statistics of the output's channels are outputs 1 and 2.
/// </summary>
internal sealed unsafe class Convolution : Operator
{
    private const int ResidualInput = 3;
    private const int ScaleInput = 4;

    private readonly SpatialAttributes _spatial;
    private readonly int _groups;
    private ConvolutionGeometry? _geometry;
    private ConvolutionKernel? _kernel;

    /// <summary>A convolution as it stands in a model.</summary>
    public Convolution(Node node)
        : this(node, Activation.None, hasResidual: false)
    {
    }

    /// <summary>A convolution with what was fused into it.</summary>
    public Convolution(Node node, Activation activation, bool hasResidual)
        : base(node)
    {
        _spatial = new SpatialAttributes(node);
        long groups = node.Attributes.GetInt(node, "group", 1);
        if (groups is < 1 or > int.MaxValue)
            throw new ModelError(node.Place, $"'group' is {groups}, it must be at least 1");
        _groups = (int)groups;
        Activation = activation;
        HasResidual = hasResidual;
    }

    /// <summary>Applied to every output.</summary>
    public Activation Activation { get; }

    /// <summary>Whether input 3 is added to the output before the activation.</summary>
    public bool HasResidual { get; }

    /// <summary>Whether the channels of x are multiplied by input 4, see <see cref="WithScale"/>.</summary>
    public bool HasScale { get; private init; }

    /// <summary>
    /// Whether x, r and y are <c>[N,...,C]</c>; then the weights are constant and
    /// <see cref="LayerConvolution"/> computes it.
    /// </summary>
    public bool IsChannelsLast { get; private init; }

    /// <summary>
    /// Whether x alone is <c>[N,C,...]</c> nevertheless, because the layer reads it as it arrives.
    /// </summary>
    public bool IsInputPlanar { get; private init; }

    /// <summary>
    /// What output 1 (before the activation) and output 2 (behind it) hold of each channel of y, see
    /// <see cref="WithStatistics"/>.
    /// </summary>
    public OutputStatistics Statistics { get; private init; }

    /// <summary>How x is made of bytes <c>[N,H,W,C]</c>, which it then is in memory; null for floats.</summary>
    public PixelInput? Pixels { get; private init; }

    /// <summary>Extents; known after <see cref="Infer"/>.</summary>
    public ConvolutionGeometry Geometry => _geometry
        ?? throw new InvalidOperationException("shapes are not inferred yet");

    /// <inheritdoc/>
    public override long MultiplyAdds => _geometry?.MultiplyAdds ?? 0;

    /// <inheritdoc/>
    public override string? KernelName => _kernel?.Name;

    /// <summary>The same for a node whose values have channels last, but perhaps x.</summary>
    public Convolution WithChannelsLast(Node node, bool isInputPlanar) => new(node, Activation, HasResidual)
    {
        IsChannelsLast = true,
        IsInputPlanar = isInputPlanar,
        _geometry = Geometry,
    };

    /// <summary>The same for a node that reads bytes, which become what it read before.</summary>
    public Convolution WithPixels(Node node, PixelInput pixels) => new(node, Activation, HasResidual)
    {
        IsChannelsLast = IsChannelsLast,
        IsInputPlanar = IsInputPlanar,
        Pixels = pixels,
        _geometry = Geometry,
    };

    /// <summary>The inputs of a node that reads x before it was scaled, and its scales.</summary>
    public static Value?[] ScaledInputs(Node node, Value x, Value scales)
    {
        Value?[] inputs = [x, .. node.Inputs.Skip(1)];
        Array.Resize(ref inputs, ScaleInput + 1);
        inputs[ScaleInput] = scales;
        return inputs;
    }

    /// <summary>
    /// The same for a node with <see cref="ScaledInputs"/>; for 1x1 convolutions with channels last only.
    /// </summary>
    public Convolution WithScale(Node node) => new(node, Activation, HasResidual)
    {
        IsChannelsLast = IsChannelsLast,
        HasScale = true,
        _geometry = Geometry,
    };

    /// <summary>
    /// The same with other channels, with channels last, for a node that says in how many groups.
    /// </summary>
    public Convolution WithChannels(Node node, int inputs, int outputs)
    {
        Convolution other = new(node, Activation, HasResidual) { IsChannelsLast = true };
        other._geometry =
            Geometry with { InputChannels = inputs, OutputChannels = outputs, Groups = other._groups };
        return other;
    }

    /// <summary>
    /// The same with another activation for a node with outputs for statistics, of one image with channels
    /// last.
    /// </summary>
    public Convolution WithStatistics(Node node, Activation activation, OutputStatistics statistics) =>
        new(node, activation, HasResidual)
        {
            IsChannelsLast = IsChannelsLast,
            IsInputPlanar = IsInputPlanar,
            Pixels = Pixels,
            HasScale = HasScale,
            Statistics = statistics,
            _geometry = Geometry,
        };

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context)
    {
        ConvolutionChecks.RequireFloat(context, HasResidual);
        Shape input = context.ShapeOf(0);
        Shape weights = context.ShapeOf(1);
        ConvolutionChecks.Check(context, _groups);
        int[] kernel = _spatial.KernelOf(weights.Dimensions[2..]);
        SpatialAxis[] axes = _spatial.Resolve(input.Dimensions[2..], kernel);
        _geometry = new ConvolutionGeometry(input[0], input[1], weights[0], _groups, axes);
        return [new TensorType(DataType.Float32, ConvolutionChecks.OutputShape(Node, _geometry))];
    }

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context)
    {
        _kernel = context.Own(ConvolutionKernels.Choose(this, context));
        context.ScratchBytes = _kernel.ScratchBytes;
        if (_kernel.HasPackedWeights)
        {
            context.Release(1);
            context.Release(2);
        }
    }

    /// <inheritdoc/>
    public override bool CanOverwrite(int input) => HasResidual && input == ResidualInput;

    /// <inheritdoc/>
    /// <remarks>Depthwise kernels are faster on images without gaps.</remarks>
    public override bool CanWriteRows(long rowBytes) =>
        IsChannelsLast && !HasResidual && _groups == 1 && rowBytes == Geometry.OutputChannels * sizeof(float);

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        _kernel!.Run(new ConvolutionBuffers
        {
            Input = Pixels is null ? (float*)inputs[0]!.Data : null,
            Pixels = Pixels is null ? null : inputs[0]!.Data,
            Weights = inputs[1] is { } weights ? (float*)weights.Data : null,
            Bias = inputs.Length > 2 && inputs[2] is { } bias ? (float*)bias.Data : null,
            Residual = HasResidual ? (float*)inputs[ResidualInput]!.Data : null,
            Scales = HasScale ? (float*)inputs[ScaleInput]!.Data : null,
            Output = (float*)outputs[0]!.Data,
            OutputStride = OutputRowStep / sizeof(float),
            Before = Statistics.Before == Statistic.None ? null : (float*)outputs[1]!.Data,
            After = Statistics.After == Statistic.None ? null : (float*)outputs[2]!.Data,
            Scratch = Scratch,
        });
}
