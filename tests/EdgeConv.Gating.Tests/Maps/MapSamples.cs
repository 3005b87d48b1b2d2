using EdgeConv.Core;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Gating.Tests.Maps;

/// <summary>Activations of correlated channels whose mean and spread differ from position to position.</summary>
internal sealed class MapSamples(int seed, MapChoice choice)
{
    private readonly Random _random = new(seed);

    public static MapChoice Choice(MapMode mode, int height = 3, int width = 4, int channels = 3) =>
        new("layer", height, width, channels, mode);

    /// <summary>A sample <c>[H W, C]</c>.</summary>
    public float[] Next()
    {
        float[] sample = new float[choice.Positions * choice.Channels];
        for (int position = 0; position < choice.Positions; position++)
        {
            float common = Gaussian(), spread = 0.5f + (position % 3);
            for (int channel = 0; channel < choice.Channels; channel++)
            {
                sample[(position * choice.Channels) + channel] =
                    position - channel + (spread * (common + (0.3f * Gaussian())));
            }
        }

        return sample;
    }

    /// <summary>A fingerprint with a map, fitted to <paramref name="samples"/> samples.</summary>
    public static Fingerprint Fit(FitOptions options, int samples, int seed = 1)
    {
        FingerprintFitter fitter = new(FakeSession.Identity, options, new FixedTime());
        Feed(fitter, options, 0, samples, seed);
        return fitter.Finish();
    }

    /// <summary>Adds samples of a seed from one to another.</summary>
    public static void Feed(FingerprintFitter fitter, FitOptions options, int from, int to, int seed = 1)
    {
        Clusters clusters = new(seed, options.Taps[0].Channels);
        MapSamples maps = new(seed, options.Map!);
        using FakeSession session = SessionOf(options);
        for (int i = 0; i < to; i++)
        {
            session.Show(0, clusters.Next(0)).Activations = maps.Next();
            if (i >= from)
                fitter.Add($"sample {i}", 0, session);
        }
    }

    public static FitOptions Options(MapChoice map) => new()
    {
        Taps = [new TapChoice("t", 2)],
        Alpha = 0.1,
        Map = map,
    };

    public static FakeSession SessionOf(FitOptions options) =>
        new([.. options.Taps.Select(tap => new TapInfo(tap.Name, tap.Channels, 4))])
        {
            Maps = [InfoOf(options.Map!)],
        };

    public static MapInfo InfoOf(MapChoice map) => new(map.Layer, map.Channels, map.Height, map.Width);

    // Box and Muller.
    private float Gaussian()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        return (float)(radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
    }
}
