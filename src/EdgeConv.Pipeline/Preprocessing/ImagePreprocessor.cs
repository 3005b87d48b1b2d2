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
    private PictureRows? _rows;

    /// <exception cref="ConfigError">
    /// Mean or deviation do not fit the input's channels, or are for a model that takes bytes as they are.
    /// </exception>
    public ImagePreprocessor(PreprocessOptions options, InputLayout input)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _input = input;
        _mean = ChannelConstants.Expand("preprocess.mean", options.Mean, input.Channels);
        _scale = ChannelConstants.Reciprocals("preprocess.std", options.Deviation, input.Channels);
        if (input is { IsBytes: true, IsNormalised: false })
        {
            RequireAll("preprocess.mean", _mean, 0);
            RequireAll("preprocess.std", _scale, 1);
        }
    }

    // A session that normalises puts colours in order too.
    private bool IsSwapped => _options.Color == ColorOrder.Bgr && !_input.IsNormalised && _input.Channels > 1;

    /// <summary>Fills <paramref name="input"/> from the frame.</summary>
    /// <returns>Where the input's corners lie in the frame.</returns>
    public ImageMapping Run(Frame frame, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(input);
        FrameSize size = new(frame.Width, frame.Height, PictureRows.ChannelsOf(frame.Format));
        ImageMapping mapping = ImageMapping.Of(_options.Fit, frame.Width, frame.Height, _input);
        if (_rows is null || size != _size)
            Prepare(size, mapping);
        bool isPadded = _target.Width < _input.Width || _target.Height < _input.Height;
        _rows!.Begin();
        if (_input.IsBytes)
        {
            Span<byte> bytes = input.AsSpan<byte>();
            if (isPadded)
                bytes.Fill((byte)Math.Clamp(MathF.Floor(_options.PadValue + 0.5f), 0, byte.MaxValue));
            FillBytes(frame, bytes);
            return mapping;
        }

        Span<float> values = input.AsSpan<float>();
        if (isPadded)
            FillPadding(values);
        FillFloats(frame, values);
        return mapping;
    }

    private static void RequireAll(string key, float[] values, float neutral)
    {
        if (values.Any(value => value != neutral))
            throw new ConfigError(key, "the model takes bytes and normalises them itself; leave it out");
    }

    private void Prepare(FrameSize size, ImageMapping mapping)
    {
        _target = Target.Of(mapping, _input);
        AxisWindow columns = new(Math.Max(0, mapping.StartX), Math.Min(size.Width, mapping.ExtentX));
        AxisWindow rows = new(Math.Max(0, mapping.StartY), Math.Min(size.Height, mapping.ExtentY));
        _rows = new PictureRows(
            (size.Width, size.Height, size.Channels), (_target.Width, _target.Height), columns, rows,
            _options.Antialias);
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

    private void FillBytes(Frame frame, Span<byte> bytes)
    {
        bool isCopy = _rows!.IsSameSize && _size.Channels == _input.Channels && !IsSwapped;
        for (int y = 0; y < _target.Height; y++)
        {
            int at = (((_target.Top + y) * _input.Width) + _target.Left) * _input.Channels;
            Span<byte> to = bytes.Slice(at, _target.Width * _input.Channels);
            if (isCopy)
                _rows.Bytes(frame, y).CopyTo(to);
            else if (_input.Channels == 1)
                RoundedPixels.Write(Planes(frame, y), to);
            else
                WriteColors(Planes(frame, y), to);
        }
    }

    private void WriteColors(ReadOnlySpan<float> planes, Span<byte> to) => RoundedPixels.Write(
        PlaneOf(planes, IsSwapped ? 2 : 0), PlaneOf(planes, 1), PlaneOf(planes, IsSwapped ? 0 : 2), to);

    private void FillFloats(Frame frame, Span<float> values)
    {
        for (int y = 0; y < _target.Height; y++)
        {
            Span<float> planes = Planes(frame, y);
            if (_options.Rounding == Rounding.Byte && HasFractions(planes))
                RoundedPixels.Round(planes);
            for (int c = 0; c < _input.Channels; c++)
                Store(PlaneOf(planes, IsSwapped ? 2 - c : c), values, y, c);
        }
    }

    private bool HasFractions(ReadOnlySpan<float> planes) =>
        !_rows!.IsSameSize || planes.Length < _size.Channels * _target.Width;

    // As many planes as the frame has, or the luminance alone where the model has one channel.
    private Span<float> Planes(Frame frame, int y)
    {
        Span<float> planes = _rows!.Planes(frame, y);
        if (_size.Channels == 1 || _input.Channels > 1)
            return planes;
        Span<float> luminance = planes[.._target.Width];
        RoundedPixels.Luminance(planes, luminance);
        return luminance;
    }

    // A gray picture has the same values in every channel.
    private ReadOnlySpan<float> PlaneOf(ReadOnlySpan<float> planes, int plane) =>
        planes.Slice(planes.Length == _target.Width ? 0 : plane * _target.Width, _target.Width);

    private void Store(ReadOnlySpan<float> plane, Span<float> values, int y, int channel)
    {
        int row = _target.Top + y;
        int step = _input.IsPlanar ? 1 : _input.Channels;
        int at = _input.IsPlanar
            ? (channel * _input.Height + row) * _input.Width + _target.Left
            : (row * _input.Width + _target.Left) * _input.Channels + channel;
        float mean = _mean[channel];
        float scale = _scale[channel];
        for (int x = 0; x < plane.Length; x++)
            values[at + x * step] = (plane[x] - mean) * scale;
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
