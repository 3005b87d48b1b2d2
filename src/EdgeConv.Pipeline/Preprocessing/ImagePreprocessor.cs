using EdgeConv.Core;
using EdgeConv.Kernels.Image;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>Turns a <see cref="Frame"/> into a model's picture input. Not thread-safe.</summary>
public sealed class ImagePreprocessor
{
    private readonly PreprocessOptions _options;
    private readonly InputLayout _input;
    private readonly float[] _mean;
    private readonly float[] _scale;
    private FrameSize _size;
    private Target _target;
    private ImageResampler? _resampler;
    private float[] _row = [];

    /// <exception cref="ConfigError">Mean or deviation do not fit the input's channels.</exception>
    public ImagePreprocessor(PreprocessOptions options, InputLayout input)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _input = input;
        _mean = ChannelConstants.Expand("preprocess.mean", options.Mean, input.Channels);
        _scale = ChannelConstants.Reciprocals("preprocess.std", options.Deviation, input.Channels);
    }

    /// <summary>Fills <paramref name="input"/> from the frame.</summary>
    /// <returns>Where the input's corners lie in the frame.</returns>
    public ImageMapping Run(Frame frame, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(input);
        FrameSize size = new(frame.Width, frame.Height, PixelFormats.BytesPerPixel(frame.Format));
        ImageMapping mapping = ImageMapping.Of(_options.Fit, frame.Width, frame.Height, _input);
        if (_resampler is null || size != _size)
            Prepare(size, mapping);
        Span<float> values = input.AsSpan<float>();
        if (_target.Width < _input.Width || _target.Height < _input.Height)
            FillPadding(values);
        _resampler!.Begin();
        for (int y = 0; y < _target.Height; y++)
        {
            _resampler.Row(frame.Pixels.Span, frame.Stride, y, _row);
            for (int c = 0; c < _input.Channels; c++)
                Store(values, y, c, size.Channels);
        }

        return mapping;
    }

    private void Prepare(FrameSize size, ImageMapping mapping)
    {
        _target = Target.Of(mapping, _input);
        AxisWindow columns = new(Math.Max(0, mapping.StartX), Math.Min(size.Width, mapping.ExtentX));
        AxisWindow rows = new(Math.Max(0, mapping.StartY), Math.Min(size.Height, mapping.ExtentY));
        _resampler = new ImageResampler(
            new ResampleAxis(size.Width, _target.Width, columns, _options.Antialias),
            new ResampleAxis(size.Height, _target.Height, rows, _options.Antialias),
            size.Channels);
        _row = new float[_resampler.RowLength];
        _size = size;
    }

    private void FillPadding(Span<float> values)
    {
        int plane = _input.Height * _input.Width;
        for (int c = 0; c < _input.Channels; c++)
        {
            float value = (_options.PadValue - _mean[c]) * _scale[c];
            if (_input.IsPlanar)
                values.Slice(c * plane, plane).Fill(value);
            else
                for (int i = c; i < values.Length; i += _input.Channels)
                    values[i] = value;
        }
    }

    private void Store(Span<float> values, int y, int channel, int sourceChannels)
    {
        int row = _target.Top + y;
        int step = _input.IsPlanar ? 1 : _input.Channels;
        int at = _input.IsPlanar
            ? (channel * _input.Height + row) * _input.Width + _target.Left
            : (row * _input.Width + _target.Left) * _input.Channels + channel;
        float mean = _mean[channel];
        float scale = _scale[channel];
        for (int x = 0; x < _target.Width; x++)
            values[at + x * step] = (Pick(x, channel, sourceChannels) - mean) * scale;
    }

    // The value of an output channel: the same plane, the swapped one, or the luminance of the three (BT.601).
    private float Pick(int x, int channel, int sourceChannels)
    {
        int width = _target.Width;
        if (sourceChannels == 1)
            return _row[x];
        if (_input.Channels == 1)
            return 0.299f * _row[x] + 0.587f * _row[width + x] + 0.114f * _row[2 * width + x];
        int plane = _options.Color == ColorOrder.Bgr ? 2 - channel : channel;
        return _row[plane * width + x];
    }

    private readonly record struct FrameSize(int Width, int Height, int Channels);

    // The part of the input that the picture covers; smaller than the input only when it is padded.
    private readonly record struct Target(int Left, int Top, int Width, int Height)
    {
        public static Target Of(ImageMapping mapping, InputLayout input)
        {
            int width = Covered(mapping.Width, mapping.ExtentX, input.Width);
            int height = Covered(mapping.Height, mapping.ExtentY, input.Height);
            return new Target((input.Width - width) / 2, (input.Height - height) / 2, width, height);
        }

        private static int Covered(int picture, double extent, int input) =>
            picture >= extent ? input : Math.Clamp((int)Math.Round(input * picture / extent), 1, input);
    }
}
