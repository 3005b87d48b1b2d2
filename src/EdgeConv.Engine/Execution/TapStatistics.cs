using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Reduces a tapped value <c>[1,C,...]</c>, or <c>[1,...,C]</c> with channels last, to <c>[2,C]</c>: mean =
/// Σx/n, then variance = Σ(x-mean)²/n, of each channel over its n positions.
/// </summary>
internal sealed class TapStatistics(Node node) : Operator(node)
{
    /// <summary>The name of the operator in listings.</summary>
    public const string Name = "TapStatistics";

    private readonly ChannelStatisticsKernel _kernel = KernelTable.ChannelStatistics();
    private string _name = "";
    private int _channels;
    private int _positions;
    private bool _isChannelsLast;

    /// <summary>What is tapped, with its extents; known after <see cref="Infer"/>.</summary>
    public TapInfo Info => new(_name, _channels, _positions);

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        DataType type = context.TypeOf(0);
        if (type != DataType.Float32 || shape.Rank < 2 || shape[0] != 1 || shape.ElementCount == 0)
        {
            throw new ModelError(Node.Attributes.ModelName, $"tap '{Node.Inputs[0]!.Name}' is "
                + $"{DataTypes.NameOf(type)}{shape}, it must be float32 [1,C,...]");
        }

        // Later the input may be another value of the same content.
        _name = Node.Inputs[0]!.Name;
        _channels = shape[1];
        _positions = (int)shape.CountBetween(2, shape.Rank);
        return [new TensorType(DataType.Float32, new Shape(2, _channels))];
    }

    /// <summary>The same for a node whose input has channels last.</summary>
    public TapStatistics WithChannelsLast(Node node) => new(node)
    {
        _name = _name,
        _channels = _channels,
        _positions = _positions,
        _isChannelsLast = true,
    };

    /// <inheritdoc/>
    public override string? KernelName => _kernel.Name;

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        ReadOnlySpan<float> values = inputs[0]!.AsSpan<float>();
        Span<float> statistics = outputs[0]!.AsSpan<float>();
        if (_isChannelsLast)
            _kernel.PixelMeanAndVariance(values, statistics[.._channels], statistics[_channels..]);
        else
            _kernel.PlaneMeanAndVariance(values, statistics[.._channels], statistics[_channels..]);
    }
}
