using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Devices.Video;
using EdgeConv.Devices.Video.Interop;
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

    /// <summary>Decodes a frame at 1/8, again and again: what no scale spares.</summary>
    /// <param name="file">The frame.</param>
    /// <param name="decoder">Decodes; the caller disposes it.</param>
    public static Action DecodeLeast(byte[] file, out MjpegDecoder decoder)
    {
        MjpegDecoder used = decoder = new(new SampleWish { Width = 1, Height = 1 });
        PicturePool pool = new();
        return () => pool.Return(used.Decode("benchmark", file, pool));
    }

    /// <summary>Decodes a frame as cameras' frames are and prepares it, again and again.</summary>
    /// <param name="file">The frame.</param>
    /// <param name="input">Receives the model's input; the caller disposes it.</param>
    /// <param name="decoder">Decodes; the caller disposes it.</param>
    public static Action Prepare(byte[] file, out Tensor input, out MjpegDecoder decoder)
    {
        ImagePreprocessor preprocessor = Open(out Tensor filled);
        MjpegDecoder used = decoder = new(new SampleWish { Width = Size, Height = Size });
        PicturePool pool = new();
        input = filled;
        return () =>
        {
            using Frame frame = used.Decode("benchmark", file, pool).ToFrame("benchmark", default);
            preprocessor.Run(frame, filled);
        };
    }

    /// <summary>Decodes a frame whole to red, green and blue, as is usual, and prepares that, again and again.</summary>
    /// <param name="file">The frame.</param>
    /// <param name="input">Receives the model's input; the caller disposes it.</param>
    /// <param name="decoder">Decodes; the caller disposes it.</param>
    public Action PrepareWhole(byte[] file, out Tensor input, out TurboJpeg decoder)
    {
        ImagePreprocessor preprocessor = Open(out Tensor filled);
        TurboJpeg used = decoder = TurboJpeg.Open();
        DecodedPicture picture = new PicturePool().Rent(Width * Height * 3);
        (picture.Width, picture.Height, picture.Stride, picture.Format) = (Width, Height, Width * 3, PixelFormat.Rgb24);
        Frame frame = picture.ToFrame("benchmark", default);
        input = filled;
        return () =>
        {
            if (!used.ReadHeader(file, out _, out _, out _) || !used.Decode(file, picture.Pixels, Width, Height, TurboJpeg.Rgb))
                throw new DataError("benchmark", "the frame cannot be decoded");
            preprocessor.Run(frame, filled);
        };
    }

    private static ImagePreprocessor Open(out Tensor input)
    {
        input = new Tensor(DataType.Float32, new Shape(1, 3, Size, Size));
        PreprocessOptions options = new() { Antialias = true, Mean = Mean, Deviation = Deviation };
        return new ImagePreprocessor(options, new InputLayout(3, Size, Size, true));
    }

    /// <summary>How wide a frame is decoded.</summary>
    public int DecodedWidth => JpegScale.Scaled(
        Width, JpegScale.DivisorOf(Width, Height, new SampleWish { Width = Size, Height = Size }));
}
