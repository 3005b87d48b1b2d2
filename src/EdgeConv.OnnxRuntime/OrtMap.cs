using EdgeConv.Core;

namespace EdgeConv.OnnxRuntime;

/// <summary>The activations of an output with the channels of each position together.</summary>
internal sealed class OrtMap
{
    private readonly OrtOutput _output;
    private readonly float[] _activations;

    /// <summary>Checks that the output is <c>[1,C,T]</c> or <c>[1,C,H,W]</c> float.</summary>
    /// <exception cref="ModelError">It is not.</exception>
    public OrtMap(string place, OrtOutput output)
    {
        _output = output;
        Shape shape = output.Tensor.Shape;
        DataType type = output.Tensor.Type;
        Info = MapInfo.Of(output.Name, type, shape) ?? throw new ModelError(
            place, $"map '{output.Name}' is {DataTypes.NameOf(type)}{shape}, "
            + "it must be float32 [1,C,T] or [1,C,H,W]");
        _activations = new float[Info.Positions * Info.Channels];
    }

    /// <summary>Name and extents.</summary>
    public MapInfo Info { get; }

    /// <summary>What the last <see cref="Read"/> found, <c>[H W, C]</c>.</summary>
    public ReadOnlySpan<float> Activations => _activations;

    /// <summary>Transposes <c>[C, H W]</c>.</summary>
    public void Read()
    {
        ReadOnlySpan<float> planes = _output.Tensor.AsSpan<float>();
        for (int channel = 0; channel < Info.Channels; channel++)
        {
            ReadOnlySpan<float> plane = planes.Slice(channel * Info.Positions, Info.Positions);
            for (int position = 0; position < plane.Length; position++)
                _activations[(position * Info.Channels) + channel] = plane[position];
        }
    }
}
