using System.Runtime.InteropServices;
using EdgeConv.Core;
using Microsoft.Win32.SafeHandles;

namespace EdgeConv.Devices.Video.Interop;

/// <summary>
/// turbojpeg.h of libjpeg-turbo, the functions that versions 2 and 3 share. Not safe to call from several
/// threads at once.
/// </summary>
internal sealed unsafe partial class TurboJpeg : SafeHandleZeroOrMinusOneIsInvalid
{
    private const string Library = "libturbojpeg.so.0";

    /// <summary>TJPF_RGB.</summary>
    public const int Rgb = 0;

    /// <summary>TJPF_GRAY.</summary>
    public const int Gray = 6;

    // TJSAMP_422, TJSAMP_420, TJCS_YCbCr.
    private const int Pairs = 1, Blocks = 2, LumaAndChroma = 1;

    // TJFLAG_LIMITSCANS: a progressive picture of thousands of scans would take minutes.
    private const int LimitScans = 32768;
    private const int FatalError = 1;

    private static readonly Lazy<bool> s_isInstalled = new(() => NativeLibrary.TryLoad(Library, out _));

    public TurboJpeg()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Whether the library is there.</summary>
    public static bool IsInstalled => s_isInstalled.Value;

    /// <summary>A decoder.</summary>
    public static TurboJpeg Open() => InitDecompress();

    /// <summary>
    /// Reads the header; false when it is none, there is no picture behind it, or with its size where there is a warning,
    /// see <see cref="Problem"/>.
    /// </summary>
    /// <param name="file">The picture.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="planes">
    /// The layout whose planes it holds; null for one that is no <see cref="PixelFormat"/>.
    /// </param>
    public bool ReadHeader(ReadOnlySpan<byte> file, out int width, out int height, out PixelFormat? planes)
    {
        (width, height, planes) = (0, 0, null);
        fixed (byte* first = file)
        {
            bool isFine = DecompressHeader(
                this, first, (nuint)file.Length, ref width, ref height, out int subsampling, out int colorSpace) == 0;
            planes = (colorSpace, subsampling) switch
            {
                (LumaAndChroma, Pairs) => PixelFormat.Yuv422,
                (LumaAndChroma, Blocks) => PixelFormat.Yuv420,
                _ => null,
            };
            return isFine && width > 0 && height > 0;
        }
    }

    /// <summary>
    /// Decodes a picture, scaled to a size that is 1, 1/2, 1/4 or 1/8 of its own; false when it is damaged, see
    /// <see cref="Problem"/>.
    /// </summary>
    public bool Decode(ReadOnlySpan<byte> file, Span<byte> pixels, int width, int height, int format)
    {
        fixed (byte* first = file, to = pixels)
        {
            return Decompress(
                this, first, (nuint)file.Length, to, width, 0, height, format, LimitScans) == 0;
        }
    }

    /// <summary>As above, into the picture's own planes, without making pixels of them.</summary>
    /// <param name="file">The picture.</param>
    /// <param name="pixels">
    /// Receives the planes, one behind the other. Three bytes a pixel, as many as any planes take, for the library
    /// goes by what it reads in the header now.
    /// </param>
    /// <param name="width">Even.</param>
    /// <param name="height">Even where chroma has half of it.</param>
    /// <param name="format">The layout that the header tells.</param>
    /// <param name="stride">Bytes from one row of luma to the next.</param>
    public bool DecodePlanes(
        ReadOnlySpan<byte> file, Span<byte> pixels, int width, int height, PixelFormat format, int stride)
    {
        const int Planes = 3;
        ReadOnlySpan<PixelPlane> planes = PixelFormats.PlanesOf(format);
        byte** firsts = stackalloc byte*[Planes];
        int* strides = stackalloc int[Planes];
        fixed (byte* first = file, to = pixels)
        {
            byte* plane = to;
            for (int i = 0; i < Planes; i++)
            {
                firsts[i] = plane;
                strides[i] = planes[i].Stride(stride);
                plane += strides[i] * planes[i].Rows(height);
            }

            return DecompressPlanes(
                this, first, (nuint)file.Length, firsts, width, strides, height, LimitScans) == 0;
        }
    }

    /// <summary>Whether the last problem has left no picture at all.</summary>
    public bool IsFatal => ErrorCode(this) == FatalError;

    /// <summary>What was wrong with the last picture, ASCII.</summary>
    public ReadOnlySpan<byte> Problem => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(ErrorText(this));

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Destroy(handle) == 0;

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    private static partial TurboJpeg InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    private static partial int DecompressHeader(TurboJpeg decoder, byte* file, nuint length,
        ref int width, ref int height, out int subsampling, out int colorSpace);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    private static partial int Decompress(TurboJpeg decoder, byte* file, nuint length,
        byte* to, int width, int pitch, int height, int format, int flags);

    [LibraryImport(Library, EntryPoint = "tjDecompressToYUVPlanes")]
    private static partial int DecompressPlanes(TurboJpeg decoder, byte* file, nuint length,
        byte** to, int width, int* strides, int height, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorCode")]
    private static partial int ErrorCode(TurboJpeg decoder);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial byte* ErrorText(TurboJpeg decoder);

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint decoder);
}
