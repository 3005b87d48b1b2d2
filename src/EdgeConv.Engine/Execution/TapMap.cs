using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Keeps a value <c>[1,C,T]</c> or <c>[1,C,H,W]</c>, in whichever layout it is, as <c>[H W, C]</c>: the channels
/// of one position together.
/// </summary>
internal sealed class TapMap(Node node) : Operator(node)
{
    /// <summary>The name of the operator in listings.</summary>
    public const string Name = "TapMap";

    private MapInfo? _info;
    private bool _isChannelsLast;

    /// <summary>What is kept; known after <see cref="Infer"/>.</summary>
    public MapInfo Info => _info!;

    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        DataType type = context.TypeOf(0);
        // Later the input may be another value of the same content.
        _info = MapInfo.Of(Node.Inputs[0]!.Name, type, shape) ?? throw new ModelError(
            Node.Attributes.ModelName, $"map '{Node.Inputs[0]!.Name}' is {DataTypes.NameOf(type)}{shape}, "
            + "it must be float32 [1,C,T] or [1,C,H,W]");
        return [new TensorType(DataType.Float32, new Shape(_info.Positions, _info.Channels))];
    }

    /// <summary>The same for a node whose input has channels last.</summary>
    public TapMap WithChannelsLast(Node node) => new(node) { _info = _info, _isChannelsLast = true };

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        ReadOnlySpan<float> values = inputs[0]!.AsSpan<float>();
        Span<float> map = outputs[0]!.AsSpan<float>();
        if (_isChannelsLast)
            values.CopyTo(map);
        else
            Transpose(values, map);
    }

    private void Transpose(ReadOnlySpan<float> planes, Span<float> map)
    {
        int channels = Info.Channels, positions = Info.Positions;
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> plane = planes.Slice(channel * positions, positions);
            for (int position = 0; position < positions; position++)
                map[(position * channels) + channel] = plane[position];
        }
    }
}
