using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>
/// A picture that a model makes of a picture (style transfer, enhancement): the only output
/// <c>[1,C,H,W]</c> or <c>[1,H,W,C]</c> of float32 or bytes, C being 1 or 3.
/// </summary>
public sealed class ImageDecoder : IDecoder, IPictureOutput
{
    private const int Colors = 3;
    private static readonly Prediction Made = new() { Kind = PredictionKind.Image };
    private readonly int _output;
    private readonly PictureShape _shape;
    private readonly float _low;
    private readonly float _scale;

    /// <exception cref="ModelError">There is no such output, or several.</exception>
    public ImageDecoder(DecodeOptions options, ISession session)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(session);
        _output = Find(session);
        _shape = PictureShape.Of(session.Outputs[_output].Shape)!.Value;
        bool isBytes = session.Outputs[_output].Type == DataType.UInt8;
        _low = isBytes ? 0 : options.Low;
        _scale = isBytes ? 1 : byte.MaxValue / (options.High - options.Low);
    }

    /// <inheritdoc/>
    public int Classes => 0;

    /// <inheritdoc/>
    public int Width => _shape.Width;

    /// <inheritdoc/>
    public int Height => _shape.Height;

    /// <inheritdoc/>
    public bool IsClasses => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => [];

    /// <inheritdoc/>
    public Prediction Decode(ISession session, in ImageMapping mapping) => Made;

    /// <inheritdoc/>
    public void CopyPicture(ISession session, Span<byte> pixels)
    {
        ArgumentNullException.ThrowIfNull(session);
        Tensor output = session.GetOutput(_output);
        if (output.Type == DataType.UInt8)
            CopyBytes(output.AsSpan<byte>(), pixels);
        else
            CopyFloats(output.AsSpan<float>(), pixels);
    }

    private void CopyFloats(ReadOnlySpan<float> values, Span<byte> pixels)
    {
        for (int color = 0; color < Colors; color++)
        {
            (int from, int step) = Place(color);
            for (int i = color; i < pixels.Length; i += Colors, from += step)
                pixels[i] = ByteOf((values[from] - _low) * _scale);
        }
    }

    private void CopyBytes(ReadOnlySpan<byte> values, Span<byte> pixels)
    {
        for (int color = 0; color < Colors; color++)
        {
            (int from, int step) = Place(color);
            for (int i = color; i < pixels.Length; i += Colors, from += step)
                pixels[i] = values[from];
        }
    }

    // The first value of a colour, and from one pixel to the next; a gray picture has the same for all.
    private (int From, int Step) Place(int color)
    {
        int channel = Math.Min(color, _shape.Channels - 1);
        return _shape.IsPlanar ? (channel * _shape.Height * _shape.Width, 1) : (channel, _shape.Channels);
    }

    // What is no number becomes black.
    private static byte ByteOf(float value) => value > 0 ? (byte)Math.Min(value + 0.5f, byte.MaxValue) : (byte)0;

    private static int Find(ISession session)
    {
        int[] pictures = [.. Enumerable.Range(0, session.Outputs.Count).Where(i => IsPicture(session.Outputs[i]))];
        return pictures.Length == 1
            ? pictures[0]
            : throw OutputSearch.Problem(session, pictures.Length == 0
                ? "no output is a picture [1,C,H,W] or [1,H,W,C] of float32 or uint8 with 1 or 3 channels"
                : "several outputs are pictures");
    }

    private static bool IsPicture(TensorInfo output) =>
        output.Type is DataType.Float32 or DataType.UInt8 && PictureShape.Of(output.Shape) is { Batch: 1 };
}
