using System.Buffers;
using EdgeConv.Core;
using EdgeConv.Testing;

namespace EdgeConv.Pipeline.Tests.Preprocessing.Support;

/// <summary>Frames in every format a camera gives.</summary>
internal static class CameraFrames
{
    /// <summary>Those with luma and chroma.</summary>
    public static PixelFormat[] Luma { get; } =
        [PixelFormat.Yuyv, PixelFormat.Uyvy, PixelFormat.Nv12, PixelFormat.Nv21, PixelFormat.Yuv420, PixelFormat.Yuv422];

    /// <summary>A frame of bytes in rows that are <paramref name="padding"/> bytes longer than needed.</summary>
    public static Frame Of(
        PixelFormat format, (int Width, int Height) size, ReadOnlyMemory<byte> pixels,
        int padding = 0, ColorCoding coding = ColorCoding.Bt601) => new()
    {
        Timestamp = default,
        CapturedAt = 0,
        Sequence = 0,
        Origin = "test",
        Width = size.Width,
        Height = size.Height,
        Stride = PixelFormats.RowBytes(format, size.Width) + padding,
        Format = format,
        Coding = coding,
        Pixels = pixels,
    };

    /// <summary>A frame of noise, what pads its rows included.</summary>
    public static Frame Noise(
        PixelFormat format, (int Width, int Height) size, int seed,
        int padding = 0, ColorCoding coding = ColorCoding.Bt601)
    {
        int stride = PixelFormats.RowBytes(format, size.Width) + padding;
        byte[] pixels = new byte[PixelFormats.UsedBytes(format, size.Width, size.Height, stride)];
        new Random(seed).NextBytes(pixels);
        return Of(format, size, pixels, padding, coding);
    }

    /// <summary>A frame whose pixels are made one by one; U and V are those of each block's first pixel.</summary>
    public static Frame Made(
        PixelFormat format, (int Width, int Height) size, Func<int, int, (int Y, int U, int V)> pixel,
        int padding = 0, ColorCoding coding = ColorCoding.Bt601)
    {
        int stride = PixelFormats.RowBytes(format, size.Width) + padding;
        byte[] pixels = new byte[PixelFormats.FrameBytes(format, stride, size.Height)];
        Array.Fill(pixels, (byte)0xa5);
        Frame frame = Of(format, size, pixels, padding, coding);
        for (int y = size.Height - 1; y >= 0; y--)
        {
            for (int x = size.Width - 1; x >= 0; x--)
            {
                (int luma, int u, int v) = pixel(x, y);
                (int atY, int atU, int atV) = Places(frame, x, y);
                (pixels[atY], pixels[atU], pixels[atV]) = ((byte)luma, (byte)u, (byte)v);
            }
        }

        return frame;
    }

    /// <summary>Where the bytes of a pixel stand.</summary>
    public static (int Y, int U, int V) Places(Frame frame, int x, int y)
    {
        int stride = frame.Stride, row = y * stride, luma = stride * frame.Height;
        int pair = row + (x / 2 * 4), both = luma + (y / 2 * stride) + (x / 2 * 2);
        int chroma = luma + (y / 2 * (stride / 2)) + (x / 2), plane = stride / 2 * ((frame.Height + 1) / 2);
        int half = luma + (y * (stride / 2)) + (x / 2);
        return frame.Format switch
        {
            PixelFormat.Yuyv => (row + (2 * x), pair + 1, pair + 3),
            PixelFormat.Uyvy => (row + (2 * x) + 1, pair, pair + 2),
            PixelFormat.Nv12 => (row + x, both, both + 1),
            PixelFormat.Nv21 => (row + x, both + 1, both),
            PixelFormat.Yuv420 => (row + x, chroma, chroma + plane),
            PixelFormat.Yuv422 => (row + x, half, half + (stride / 2 * frame.Height)),
            _ => throw new ArgumentOutOfRangeException(nameof(frame)),
        };
    }

    /// <summary>Bytes that end where memory ends that must not be touched.</summary>
    internal sealed unsafe class GuardedBytes(GuardedMemory memory, byte[] bytes) : MemoryManager<byte>
    {
        private readonly byte* _start = memory.AtEnd<byte>(bytes);

        public override Span<byte> GetSpan() => new(_start, bytes.Length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
