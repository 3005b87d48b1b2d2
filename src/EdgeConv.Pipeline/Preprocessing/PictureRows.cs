using EdgeConv.Core;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Image;
using EdgeConv.Kernels.Pixels;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>
/// The rows of frames of one size at the size of a model's picture, as planes of floats on the 0..255 scale,
/// or, where nothing is resized, as the bytes that they are. Keeps its memory; not thread-safe.
/// </summary>
internal sealed unsafe class PictureRows
{
    private readonly ImageResampler? _resampler;
    private readonly PixelKernel _pixels = KernelTable.Pixels();
    private readonly PixelRow _planes;
    private readonly int _channels;
    private readonly int _left;
    private readonly int _top;
    private readonly int _bytes;
    private readonly float[] _row;

    /// <summary>Makes the rows of a part of a frame.</summary>
    /// <param name="source">Columns, rows and channels of the frames.</param>
    /// <param name="size">Columns and rows wanted.</param>
    /// <param name="columns">The columns of a frame that are wanted.</param>
    /// <param name="rows">The rows of a frame that are wanted.</param>
    /// <param name="antialias">Widen the filter when shrinking.</param>
    public PictureRows(
        (int Width, int Height, int Channels) source,
        (int Width, int Height) size,
        AxisWindow columns,
        AxisWindow rows,
        bool antialias)
    {
        _channels = source.Channels;
        _planes = new PixelRow(new PixelInput(), _channels, isPlanar: true);
        _row = new float[size.Width * _channels];
        _bytes = size.Width * _channels;
        (_left, _top) = ((int)columns.Start, (int)rows.Start);
        IsSameSize = IsWhole(columns, size.Width) && IsWhole(rows, size.Height);
        if (!IsSameSize)
        {
            _resampler = new ImageResampler(
                new ResampleAxis(source.Width, size.Width, columns, antialias),
                new ResampleAxis(source.Height, size.Height, rows, antialias),
                _channels);
        }
    }

    /// <summary>Whether pixels are wanted as they are, so that <see cref="Bytes"/> has them.</summary>
    public bool IsSameSize { get; }

    /// <summary>Planes that a picture of this format becomes.</summary>
    public static int ChannelsOf(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Rgb24 => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>Starts a new frame.</summary>
    public void Begin() => _resampler?.Begin();

    /// <summary>A row as it is in the frame.</summary>
    public ReadOnlySpan<byte> Bytes(Frame frame, int row) =>
        frame.Pixels.Span.Slice(((_top + row) * frame.Stride) + (_left * _channels), _bytes);

    /// <summary>A row as planes <c>[C,W]</c>, which may be written to; rows come in rising order.</summary>
    public Span<float> Planes(Frame frame, int row)
    {
        if (_resampler is not null)
        {
            _resampler.Row(frame.Pixels.Span, frame.Stride, row, _row);
            return _row;
        }

        int width = _row.Length / _channels;
        fixed (byte* pixels = Bytes(frame, row))
        fixed (float* planes = _row)
            _pixels.Run(_planes, pixels, width, planes, width);
        return _row;
    }

    private static bool IsWhole(AxisWindow window, int extent) =>
        window.Length == extent && window.Start == Math.Floor(window.Start);
}
