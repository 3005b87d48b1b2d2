using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// A model's input in the unit of its source, whatever the tensor holds: pixels 0..255 or a sensor's values,
/// planar <c>[C,H,W]</c>, a window having H = 1. The inverse of preprocessing, y = (x - mean) / deviation,
/// and back. Not thread-safe.
/// </summary>
internal sealed class InputValues
{
    private readonly bool _isBytes;
    private readonly bool _isPlanar;
    private readonly float[] _mean;
    private readonly float[] _deviation;

    /// <param name="options">As the tensor was made.</param>
    /// <param name="session">Its first input is the tensor.</param>
    /// <param name="isPicture">Whether it is a picture; otherwise a window.</param>
    public InputValues(PreprocessOptions options, ISession session, bool isPicture)
    {
        TensorInfo input = session.Inputs[0];
        IsPicture = isPicture;
        InputLayout layout = isPicture
            ? InputLayout.Of(session.Model, input)
            : new InputLayout(input.Shape[1], 1, input.Shape[-1], true);
        (Channels, Height, Width) = (layout.Channels, layout.Height, layout.Width);
        _isBytes = layout.IsBytes;
        _isPlanar = layout.IsPlanar;
        _mean = Expand(_isBytes ? [0] : options.Mean, Channels);
        _deviation = Expand(_isBytes ? [1] : options.Deviation, Channels);
        Values = new float[Channels * Height * Width];
    }

    /// <summary>Whether it is a picture; otherwise a window of samples.</summary>
    public bool IsPicture { get; }

    /// <summary>Channels C.</summary>
    public int Channels { get; }

    /// <summary>Rows H; 1 for a window.</summary>
    public int Height { get; }

    /// <summary>Columns W, or the instants of a window.</summary>
    public int Width { get; }

    /// <summary>All values <c>[C,H,W]</c>.</summary>
    public float[] Values { get; }

    /// <summary>The values of one channel <c>[H,W]</c>.</summary>
    public Span<float> Channel(int channel) => Values.AsSpan(channel * Height * Width, Height * Width);

    /// <summary>Takes the values out of the tensor.</summary>
    public void Read(Tensor tensor)
    {
        for (int c = 0; c < Channels; c++)
        {
            Span<float> plane = Channel(c);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = _isBytes
                    ? tensor.AsSpan<byte>()[IndexOf(c, i)]
                    : tensor.AsSpan<float>()[IndexOf(c, i)] * _deviation[c] + _mean[c];
        }
    }

    /// <summary>Puts the values into the tensor; bytes are rounded and clamped.</summary>
    public void Write(Tensor tensor)
    {
        for (int c = 0; c < Channels; c++)
        {
            Span<float> plane = Channel(c);
            for (int i = 0; i < plane.Length; i++)
            {
                int at = IndexOf(c, i);
                if (_isBytes)
                    tensor.AsSpan<byte>()[at] = (byte)Math.Clamp(MathF.Round(plane[i]), 0, byte.MaxValue);
                else
                    tensor.AsSpan<float>()[at] = (plane[i] - _mean[c]) / _deviation[c];
            }
        }
    }

    private int IndexOf(int channel, int position) =>
        _isPlanar ? channel * Height * Width + position : position * Channels + channel;

    private static float[] Expand(IReadOnlyList<float> constants, int channels) =>
        [.. Enumerable.Range(0, channels).Select(c => constants[constants.Count == 1 ? 0 : c])];
}
