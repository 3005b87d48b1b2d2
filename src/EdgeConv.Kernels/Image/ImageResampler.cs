using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Kernels.Image;

/// <summary>
/// Resizes interleaved 8-bit pixels to planar float in two passes: along rows, then along
/// columns, keeping the 0..255 scale.
/// </summary>
/// <remarks>Keeps its weights and scratch; one instance for one input size, not thread-safe.</remarks>
public sealed class ImageResampler
{
    private const int Colors = 3;

    private readonly ResampleAxis _horizontal;
    private readonly ResampleAxis _vertical;
    private readonly int _channels;

    // Rows of the first pass, [vertical taps in use][channel][output column], as a ring over input rows.
    private readonly float[] _ring;
    private readonly int[] _ringRows;

    /// <param name="horizontal">Axis of columns.</param>
    /// <param name="vertical">Axis of rows.</param>
    /// <param name="channels">Bytes a pixel, 1 or 3.</param>
    public ImageResampler(ResampleAxis horizontal, ResampleAxis vertical, int channels)
    {
        ArgumentNullException.ThrowIfNull(horizontal);
        ArgumentNullException.ThrowIfNull(vertical);
        _horizontal = horizontal;
        _vertical = vertical;
        _channels = channels;
        _ring = new float[vertical.Taps * channels * horizontal.Length];
        _ringRows = new int[vertical.Taps];
    }

    /// <summary>Values of one output row: channels times columns.</summary>
    public int RowLength => _channels * _horizontal.Length;

    /// <summary>Starts a new image.</summary>
    public void Begin() => Array.Fill(_ringRows, -1);

    /// <summary>
    /// Computes output row <paramref name="row"/> as planes <c>[channels, columns]</c>; rows come in rising
    /// order after <see cref="Begin"/>.
    /// </summary>
    /// <param name="pixels">The whole input image, interleaved.</param>
    /// <param name="stride">Bytes from one input row to the next.</param>
    /// <param name="row">Output row.</param>
    /// <param name="result">Receives <see cref="RowLength"/> values on the 0..255 scale.</param>
    public void Row(ReadOnlySpan<byte> pixels, int stride, int row, Span<float> result)
    {
        int first = _vertical.First(row);
        ReadOnlySpan<float> weights = _vertical.Weights(row);
        result = result[..RowLength];
        result.Clear();
        for (int k = 0; k < weights.Length; k++)
        {
            if (weights[k] != 0)
                AddScaled(InputRow(pixels, stride, first + k), weights[k], result);
        }
    }

    private ReadOnlySpan<float> InputRow(ReadOnlySpan<byte> pixels, int stride, int inputRow)
    {
        int slot = inputRow % _vertical.Taps;
        Span<float> kept = _ring.AsSpan(slot * RowLength, RowLength);
        if (_ringRows[slot] == inputRow)
            return kept;
        _ringRows[slot] = inputRow;
        ReadOnlySpan<byte> source = pixels[(inputRow * stride)..];
        int x = _channels == Colors ? BlendColors(source, kept) : 0;
        for (; x < _horizontal.Length; x++)
        {
            ReadOnlySpan<byte> from = source[(_horizontal.First(x) * _channels)..];
            ReadOnlySpan<float> weights = _horizontal.Weights(x);
            for (int c = 0; c < _channels; c++)
            {
                float sum = 0;
                for (int k = 0; k < weights.Length; k++)
                    sum += weights[k] * from[k * _channels + c];
                kept[c * _horizontal.Length + x] = sum;
            }
        }

        return kept;
    }

    // A vector holds red, green, blue and the byte behind them: columns at whose end there is none are left.
    private unsafe int BlendColors(ReadOnlySpan<byte> row, Span<float> kept)
    {
        int width = _horizontal.Length, taps = _horizontal.Taps, x = 0;
        fixed (byte* pixels = row)
        fixed (float* red = kept, allWeights = _horizontal.Weights(0))
        {
            float* weights = allWeights;
            float* green = red + width, blue = green + width;
            for (; x < width && ((_horizontal.First(x) + taps) * Colors) < row.Length; x++)
            {
                byte* pixel = pixels + (_horizontal.First(x) * Colors);
                Vector128<float> sum = Vector128<float>.Zero;
                for (int k = taps; k > 0; k--, pixel += Colors)
                    sum += FloatsOf(pixel) * Vector128.Create(*weights++);
                red[x] = sum[0];
                green[x] = sum[1];
                blue[x] = sum[2];
            }
        }

        return x;
    }

    private static unsafe Vector128<float> FloatsOf(byte* pixel)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(pixel)).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }

    private static void AddScaled(ReadOnlySpan<float> row, float weight, Span<float> sum)
    {
        int i = 0;
        Vector<float> weights = new(weight);
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sum[i..]) + weights * new Vector<float>(row[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] += weight * row[i];
    }
}
