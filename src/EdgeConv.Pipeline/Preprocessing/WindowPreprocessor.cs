using EdgeConv.Core;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>
/// Turns a <see cref="Window"/> into a 1-D model's input <c>[1,C,T]</c> (or <c>[1,C,1,T]</c>).
/// </summary>
public sealed class WindowPreprocessor
{
    private readonly float[] _mean;
    private readonly float[] _scale;

    /// <exception cref="ModelError">The input is no window.</exception>
    /// <exception cref="ConfigError">Mean or deviation do not fit the input's channels.</exception>
    public WindowPreprocessor(PreprocessOptions options, ModelIdentity model, TensorInfo input)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        Shape shape = input.Shape;
        bool fits = input.Type == DataType.Float32 && (shape.Rank is 3 or 4) && shape[0] == 1 &&
            (shape.Rank == 3 || shape[2] == 1);
        if (!fits)
        {
            throw new ModelError(model.Path,
                $"input '{input.Name}' is {DataTypes.NameOf(input.Type)}{shape}; windows need float32 [1,C,T]");
        }

        Channels = shape[1];
        Length = shape[-1];
        _mean = ChannelConstants.Expand("preprocess.mean", options.Mean, Channels);
        _scale = ChannelConstants.Reciprocals("preprocess.std", options.Deviation, Channels);
    }

    /// <summary>Values at each instant.</summary>
    public int Channels { get; }

    /// <summary>Instants in the model's window.</summary>
    public int Length { get; }

    /// <summary>Fills <paramref name="input"/> from the window.</summary>
    /// <exception cref="DataError">The window has another length or other channels, or holds NaN.</exception>
    public void Run(Window window, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(input);
        if (window.Length != Length || window.Channels != Channels)
        {
            throw new DataError(window.Origin,
                $"a window of {window.Length} x {window.Channels} channels; the model needs {Length} x {Channels}");
        }

        ReadOnlySpan<float> source = window.Values.Span;
        Span<float> values = input.AsSpan<float>();
        for (int t = 0; t < Length; t++)
        {
            for (int c = 0; c < Channels; c++)
            {
                float value = source[t * Channels + c];
                if (!float.IsFinite(value))
                    throw new DataError(window.Origin, $"channel {c} is {value} at sample {t} of the window");
                values[c * Length + t] = (value - _mean[c]) * _scale[c];
            }
        }
    }
}
