using System.Text;
using EdgeConv.Core;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>
/// Decodes frames of a camera that are JPEG files, as small as the model allows: to their own planes where these
/// have a layout, gray for a model that sees no colour. Frames without Huffman tables have the usual ones. Not
/// thread-safe.
/// </summary>
internal sealed class MjpegDecoder(SampleWish model) : IDisposable
{
    /// <summary>What to do where the library is not there.</summary>
    public const string Missing =
        "gives mjpg, which needs libturbojpeg.so.0; sudo apt-get install libturbojpeg0";

    // Many cameras write a few bytes too many before a marker, which spoils nothing. The library tells the first warning of
    // a file alone, so that what comes behind it is known whole by its last marker only.
    private static ReadOnlySpan<byte> Harmless => "extraneous bytes before marker"u8;

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    // What the library says of a file that has tables and nothing else.
    private static ReadOnlySpan<byte> NoProblem => "No error"u8;

    private TurboJpeg _decoder = TurboJpeg.Open();

    /// <summary>Whether frames can be decoded on this machine.</summary>
    public static bool IsAvailable => TurboJpeg.IsInstalled;

    /// <summary>Decodes a frame into a picture of the pool.</summary>
    /// <param name="place">The camera, for messages.</param>
    /// <param name="file">The frame as the camera sent it.</param>
    /// <param name="pool">Where the picture's memory comes from.</param>
    /// <exception cref="DataError">It is truncated or damaged.</exception>
    public DecodedPicture Decode(string place, ReadOnlySpan<byte> file, PicturePool pool)
    {
        if (!_decoder.ReadHeader(file, out int width, out int height, out PixelFormat? planes)
            && (width <= 0 || height <= 0 || !IsHarmless))
            throw Damaged(place);
        if ((long)width * height > ImageDecoder.MostPixels)
        {
            throw new DataError(place,
                $"a frame of {width} x {height} pixels; at most {ImageDecoder.MostPixels} are decoded");
        }

        DecodedPicture picture = Rent(pool, width, height, planes);
        if (TryDecode(file, picture) || (IsHarmless && file.LastIndexOf(EndOfImage) >= 0))
            return picture;
        pool.Return(picture);
        throw Damaged(place);
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    private bool IsHarmless => !_decoder.IsFatal && _decoder.Problem.IndexOf(Harmless) >= 0;

    private bool TryDecode(ReadOnlySpan<byte> file, DecodedPicture to) => to.Format switch
    {
        PixelFormat.Gray8 => _decoder.Decode(file, to.Pixels, to.Width, to.Height, TurboJpeg.Gray),
        PixelFormat.Rgb24 => _decoder.Decode(file, to.Pixels, to.Width, to.Height, TurboJpeg.Rgb),
        _ => _decoder.DecodePlanes(file, to.Pixels, to.Width, to.Height, to.Format, to.Stride),
    };

    private DecodedPicture Rent(PicturePool pool, int width, int height, PixelFormat? planes)
    {
        int divisor = JpegScale.DivisorOf(width, height, model);
        width = JpegScale.Scaled(width, divisor);
        height = JpegScale.Scaled(height, divisor);
        PixelFormat format = FormatOf(width, height, divisor, planes);
        int stride = PixelFormats.RowBytes(format, width);
        // The library reads the header once more and would write any planes that it then names: these are the most.
        DecodedPicture picture = pool.Rent(PixelFormats.RowBytes(PixelFormat.Rgb24, width) * height);
        (picture.Width, picture.Height, picture.Stride, picture.Format) = (width, height, stride, format);
        return picture;
    }

    // The library writes planes of even extents only. Scaled to RGB it keeps the chroma of blocks of two by two
    // whole; to planes it would halve that as well.
    private PixelFormat FormatOf(int width, int height, int divisor, PixelFormat? planes)
    {
        if (model.IsGray)
            return PixelFormat.Gray8;
        bool isWhole = planes == PixelFormat.Yuv422 || (planes == PixelFormat.Yuv420 && divisor == 1);
        bool isEven = width % 2 == 0 && (planes == PixelFormat.Yuv422 || height % 2 == 0);
        return isWhole && isEven ? planes!.Value : PixelFormat.Rgb24;
    }

    // A decoder that has failed in a header goes on within it at the next frame, and fails for ever.
    private DataError Damaged(string place)
    {
        string problem = _decoder.Problem.StartsWith(NoProblem)
            ? "it holds no picture"
            : Encoding.ASCII.GetString(_decoder.Problem);
        _decoder.Dispose();
        _decoder = TurboJpeg.Open();
        return new DataError(place, $"a frame is truncated or damaged: {problem}");
    }
}
