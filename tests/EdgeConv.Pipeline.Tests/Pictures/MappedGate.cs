using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;
using EdgeConv.Testing.Pipelines;

namespace EdgeConv.Pipeline.Tests.Pictures;

/// <summary>A gate that knows small noise at one tap, with a map of 4x6 positions of two channels.</summary>
internal static class MappedGate
{
    public const int Height = 4, Width = 6, Channels = 2;

    public static FakeSession Session(Shape input, int rows = Height) => new(input, [new Shape(1, 2)])
    {
        Taps = [new TapInfo("tap", Channels, 24)],
        Statistics = new float[2 * Channels],
        Maps = [new MapInfo("map", Channels, rows, Width)],
        Activations = new float[rows * Width * Channels],
    };

    public static MahalanobisGate Fit(FakeSession session)
    {
        MapInfo map = session.Maps[0];
        FitOptions options = new()
        {
            Taps = [new TapChoice("tap", Channels)],
            Alpha = 0.1,
            Map = new MapChoice("map", map.Height, map.Width, Channels, MapMode.Cholesky),
        };
        FingerprintFitter fitter = new(session.Model, options);
        Random random = new(3);
        for (int i = 0; i < 400; i++)
        {
            Fill(session, random);
            fitter.Add("sample", 0, session);
        }

        return new MahalanobisGate(fitter.Finish());
    }

    /// <summary>An ordinary sample, or one that is odd at these positions.</summary>
    public static void Show(FakeSession session, params (int Y, int X)[] odd)
    {
        Fill(session, new Random(9));
        foreach ((int y, int x) in odd)
            session.Activations[((y * Width) + x) * Channels] += 50;
        session.Statistics[0] += odd.Length == 0 ? 0 : 40;
    }

    private static void Fill(FakeSession session, Random random)
    {
        foreach (ref float value in session.Activations.AsSpan())
            value = random.NextSingle() - 0.5f;
        for (int i = 0; i < Channels; i++)
            session.Statistics[i] = random.NextSingle() - 0.5f;
    }
}

/// <summary>Keeps what it is to compress, and makes of it a file of so many bytes.</summary>
internal sealed class FakeEncoder : IPictureEncoder
{
    /// <summary>Bytes of a JPEG of this quality.</summary>
    public Func<int, int> BytesAtQuality { get; set; } = _ => 10;

    public List<(int Width, int Height, int Quality)> Jpegs { get; } = [];

    public byte[] LastPixels { get; private set; } = [];

    public (int Width, int Height) HeatMap { get; private set; }

    public byte[] EncodeJpeg(ReadOnlySpan<byte> pixels, int width, int height, int quality)
    {
        Jpegs.Add((width, height, quality));
        LastPixels = pixels.ToArray();
        return new byte[BytesAtQuality(quality)];
    }

    public byte[] EncodePng(ReadOnlySpan<byte> pixels, int width, int height)
    {
        HeatMap = (width, height);
        return new byte[5];
    }

    /// <summary>Colour of a pixel of the last JPEG.</summary>
    public (byte Red, byte Green, byte Blue) At(int x, int y)
    {
        int at = ((y * Jpegs[^1].Width) + x) * 4;
        return (LastPixels[at], LastPixels[at + 1], LastPixels[at + 2]);
    }
}
