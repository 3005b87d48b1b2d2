using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Devices.Video;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Pixels;

/// <summary>Frames of a camera that are JPEG files, and a network's input of 224 by 224.</summary>
/// <param name="Width">Pixels in a row of the frame.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Quality">How little it is compressed, 1 to 100.</param>
internal sealed record JpegCase(int Width, int Height, int Quality)
{
    /// <summary>Rows and columns of the input.</summary>
    public const int Size = 224;

    private static readonly float[] Mean = [123.675f, 116.28f, 103.53f];
    private static readonly float[] Deviation = [58.395f, 57.12f, 57.375f];

    /// <summary>Decodes a frame and prepares it, again and again.</summary>
    /// <param name="file">The frame.</param>
    /// <param name="isScaled">Whether it is decoded as small as covers the input, as cameras' frames are, or whole.</param>
    /// <param name="input">Receives the model's input; the caller disposes it.</param>
    /// <param name="decoder">Decodes; the caller disposes it.</param>
    public static Action Prepare(byte[] file, bool isScaled, out Tensor input, out MjpegDecoder decoder)
    {
        PreprocessOptions options = new() { Antialias = true, Mean = Mean, Deviation = Deviation };
        ImagePreprocessor preprocessor = new(options, new InputLayout(3, Size, Size, true));
        Tensor filled = input = new Tensor(DataType.Float32, new Shape(1, 3, Size, Size));
        MjpegDecoder used = decoder = new(isScaled ? new SampleWish { Width = Size, Height = Size } : default);
        PicturePool pool = new();
        return () =>
        {
            using Frame frame = FrameOf(used.Decode("benchmark", file, pool));
            preprocessor.Run(frame, filled);
        };
    }

    /// <summary>How wide a frame is decoded.</summary>
    public int DecodedWidth => JpegScale.Scaled(
        Width, JpegScale.DivisorOf(Width, Height, new SampleWish { Width = Size, Height = Size }));

    private static Frame FrameOf(DecodedPicture picture) => new(picture.Release)
    {
        Timestamp = default,
        CapturedAt = 0,
        Sequence = 0,
        Origin = "benchmark",
        Width = picture.Width,
        Height = picture.Height,
        Stride = picture.Stride,
        Format = PixelFormat.Rgb24,
        Pixels = picture.Pixels.AsMemory(0, picture.Stride * picture.Height),
    };
}
