using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Pixels;

/// <summary>What a frame is to become.</summary>
internal enum PixelTarget
{
    /// <summary>Normalised floats, planes of red, green and blue.</summary>
    Floats,

    /// <summary>Bytes, red, green and blue side by side, for a session that normalises them.</summary>
    Bytes,

    /// <summary>Normalised floats of one plane.</summary>
    Gray,
}

/// <summary>Frames of a camera and a model's input.</summary>
internal sealed record PixelCase(PixelFormat Format, int Width, int Height, int Size, bool Antialias)
{
    private static readonly float[] Mean = [123.675f, 116.28f, 103.53f];
    private static readonly float[] Deviation = [58.395f, 57.12f, 57.375f];

    /// <summary>What the frame becomes.</summary>
    public PixelTarget Target { get; init; }

    /// <summary>Bytes of the frame: waves of light and of colour, all inside what RGB can show.</summary>
    public byte[] MakeFrame()
    {
        int stride = PixelFormats.RowBytes(Format, Width);
        byte[] bytes = new byte[PixelFormats.FrameBytes(Format, stride, Height)];
        for (int i = 0; i < bytes.Length; i++)
        {
            int x = i % stride * Width / stride, y = i / stride, k = i % 4;
            bool isChroma = Format switch
            {
                PixelFormat.Yuyv => k % 2 == 1,
                PixelFormat.Uyvy => k % 2 == 0,
                PixelFormat.Nv12 => y >= Height,
                _ => false,
            };
            double wave = Math.Sin((x * 0.07) + (i % 3)) * Math.Cos(y * 0.05);
            bytes[i] = (byte)(126 + ((isChroma ? 20 : 60) * wave));
        }

        return bytes;
    }

    /// <summary>Prepares a frame again and again.</summary>
    /// <param name="frame">Its bytes.</param>
    /// <param name="input">Receives the model's input; the caller disposes it.</param>
    public Action Prepare(byte[] frame, out Tensor input)
    {
        bool isBytes = Target == PixelTarget.Bytes, isGray = Target == PixelTarget.Gray;
        input = isBytes
            ? new Tensor(DataType.UInt8, new Shape(1, Size, Size, 3))
            : new Tensor(DataType.Float32, new Shape(1, isGray ? 1 : 3, Size, Size));
        PreprocessOptions options = new()
        {
            Antialias = Antialias,
            Mean = isGray ? Mean[..1] : Mean,
            Deviation = isGray ? Deviation[..1] : Deviation,
        };
        InputLayout layout = new(isGray ? 1 : 3, Size, Size, !isBytes)
        {
            IsBytes = isBytes,
            IsNormalised = isBytes,
        };
        ImagePreprocessor preprocessor = new(options, layout);
        Frame sample = new()
        {
            Timestamp = default,
            CapturedAt = 0,
            Sequence = 0,
            Origin = "benchmark",
            Width = Width,
            Height = Height,
            Stride = PixelFormats.RowBytes(Format, Width),
            Format = Format,
            Pixels = frame,
        };
        Tensor filled = input;
        return () => preprocessor.Run(sample, filled);
    }

    /// <summary>Times runs of something for so long, ms each.</summary>
    public static double[] Time(Action run, int milliseconds)
    {
        List<double> times = [];
        long now = Stopwatch.GetTimestamp(), end = now + (milliseconds * Stopwatch.Frequency / 1000);
        while (now < end)
        {
            run();
            long before = now;
            now = Stopwatch.GetTimestamp();
            times.Add((now - before) * 1000.0 / Stopwatch.Frequency);
        }

        return [.. times];
    }
}
