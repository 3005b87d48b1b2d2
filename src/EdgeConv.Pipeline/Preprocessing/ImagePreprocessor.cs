using EdgeConv.Core;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Colors;
using EdgeConv.Kernels.Image;
using EdgeConv.Kernels.Pixels;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>Turns a <see cref="Frame"/> into a model's picture input. Not thread-safe.</summary>
public sealed unsafe class ImagePreprocessor
{
    private readonly PreprocessOptions _options;
    private readonly InputLayout _input;
    private readonly float[] _mean;
    private readonly float[] _scale;
    private readonly float[] _planes;
    private readonly PixelKernel _pixelKernel = KernelTable.Pixels();
    private FrameForm _form;
    private ImageMapping _mapping;
    private Target _target;
    private PictureRows? _rows;
    private PixelRow? _asIs;
    private int _from;

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
        _planes = new float[input.Width * input.Channels];
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
    /// <exception cref="DataError">The frame's bytes are too few for its size and format.</exception>
    public ImageMapping Run(Frame frame, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            input.Shape.ElementCount, (long)PlaneLength * _input.Channels, nameof(input));
        FrameForm form = FrameForm.Of(frame);
        if (form != _form || _rows is null)
            Prepare(form);
        fixed (byte* pixels = frame.Pixels.Span)
        {
            if (_input.IsBytes)
                FillBytes(pixels, input.AsSpan<byte>());
            else
                FillFloats(pixels, input.AsSpan<float>());
        }

        return _mapping;
    }

    private static void RequireAll(string key, float[] values, float neutral)
    {
        if (values.Any(value => value != neutral))
            throw new ConfigError(key, "the model takes bytes and normalises them itself; leave it out");
    }

    private void Prepare(FrameForm form)
    {
        _mapping = ImageMapping.Of(_options.Fit, form.Width, form.Height, _input);
        _target = Target.Of(_mapping, _input);
        AxisWindow columns = new(Math.Max(0, _mapping.StartX), Math.Min(form.Width, _mapping.ExtentX));
        AxisWindow rows = new(Math.Max(0, _mapping.StartY), Math.Min(form.Height, _mapping.ExtentY));
        PictureArea area = new(columns, rows, _target.Width, _target.Height);
        ColorMatrix matrix = ColorMatrix.Of(form.Format, form.Coding, _input.Channels, IsSwapped);
        float[] ones = new float[_input.Channels];
        Array.Fill(ones, 1);
        ColorRow colors = _input.IsBytes
            ? new ColorRow(matrix, new float[_input.Channels], ones, isRounded: false)
            : new ColorRow(matrix, _mean, _scale, _options.Rounding == Rounding.Byte);
        _rows = new PictureRows(form, area, _options.Antialias, colors);
        _asIs = area.IsSameSize && PixelFormats.RowBytes(form.Format, 1) == _input.Channels
            ? new PixelRow(
                new PixelInput { Mean = _mean, Scale = _scale, IsReversed = IsSwapped },
                _input.Channels, _input.IsPlanar)
            : null;
        _from = ((int)rows.Start * form.Stride) + ((int)columns.Start * _input.Channels);
        _form = form;
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

    private bool IsPadded => _target.Width < _input.Width || _target.Height < _input.Height;

    private void FillBytes(byte* pixels, Span<byte> bytes)
    {
        if (IsPadded)
            bytes.Fill((byte)Math.Clamp(MathF.Floor(_options.PadValue + 0.5f), 0, byte.MaxValue));
        int length = _target.Width * _input.Channels;
        fixed (byte* to = bytes)
        {
            for (int y = 0; y < _target.Height; y++)
            {
                byte* row = to + (PlaceOf(y) * _input.Channels);
                if (_asIs is not null && !IsSwapped)
                    Buffer.MemoryCopy(pixels + _from + ((long)y * _form.Stride), row, length, length);
                else if (_input.Channels > 1)
                    _rows!.WriteBytes(pixels, y, row);
                else
                    RoundedPixels.Write(Planes(pixels, y), new Span<byte>(row, length));
            }
        }
    }

    private void FillFloats(byte* pixels, Span<float> values)
    {
        if (IsPadded)
            FillPadding(values);
        fixed (float* to = values)
        {
            for (int y = 0; y < _target.Height; y++)
            {
                float* row = to + (PlaceOf(y) * (_input.IsPlanar ? 1 : _input.Channels));
                if (_asIs is not null)
                    _pixelKernel.Run(_asIs, pixels + _from + ((long)y * _form.Stride), _target.Width, row, PlaneLength);
                else if (_input.IsPlanar || _input.Channels == 1)
                    _rows!.Write(pixels, y, row, PlaneLength);
                else
                    Interleave(Planes(pixels, y), new Span<float>(row, _target.Width * _input.Channels));
            }
        }
    }

    private int PlaneLength => _input.Height * _input.Width;

    // The first pixel of a row of the picture, in pixels of the input.
    private int PlaceOf(int y) => ((_target.Top + y) * _input.Width) + _target.Left;

    private Span<float> Planes(byte* pixels, int y)
    {
        fixed (float* planes = _planes)
            _rows!.Write(pixels, y, planes, _target.Width);
        return _planes.AsSpan(0, _target.Width * _input.Channels);
    }

    private static void Interleave(ReadOnlySpan<float> planes, Span<float> to)
    {
        int width = planes.Length / 3;
        for (int x = 0; x < width; x++)
        {
            to[3 * x] = planes[x];
            to[(3 * x) + 1] = planes[x + width];
            to[(3 * x) + 2] = planes[x + (2 * width)];
        }
    }

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
