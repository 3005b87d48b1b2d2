using EdgeConv.Core;

namespace EdgeConv.Gating.Tests;

/// <summary>A session whose taps hold what the test puts there.</summary>
internal sealed class FakeSession(params TapInfo[] taps) : ISession
{
    public static readonly ModelIdentity Identity = new("net", "/models/net.onnx", new string('a', 64));

    private readonly float[][] _statistics = [.. taps.Select(tap => new float[2 * tap.Channels])];

    public ModelIdentity Model { get; init; } = Identity;

    public string Backend => "fake";

    public IReadOnlyList<TensorInfo> Inputs => [];

    public IReadOnlyList<TensorInfo> Outputs => [];

    public IReadOnlyList<TapInfo> Taps => taps;

    public IReadOnlyList<MapInfo> Maps { get; init; } = [];

    /// <summary>What the first map holds.</summary>
    public float[] Activations { get; set; } = [];

    public long MultiplyAdds => 0;

    public Tensor GetInput(int index) => throw new InvalidOperationException("no inputs");

    public Tensor GetOutput(int index) => throw new InvalidOperationException("no outputs");

    public ReadOnlySpan<float> GetTap(int index) => _statistics[index];

    public ReadOnlySpan<float> GetMap(int index) => Activations;

    public void Run()
    {
    }

    public void Dispose()
    {
    }

    public FakeSession Show(int tap, ReadOnlySpan<float> statistics)
    {
        statistics.CopyTo(_statistics[tap]);
        return this;
    }
}

/// <summary>Two clusters of correlated statistics, as a classifier of two classes would show.</summary>
internal sealed class Clusters(int seed, int channels)
{
    private readonly Random _random = new(seed);

    /// <summary>Statistics <c>[2 channels]</c> of a sample of class 0 or 1.</summary>
    public float[] Next(int classIndex, float shift = 0)
    {
        float common = Gaussian();
        float[] statistics = new float[2 * channels];
        for (int i = 0; i < channels; i++)
        {
            float odd = i % 2 == 0 ? shift : -shift;
            statistics[i] = (classIndex == 0 ? -5 : 5) + common + 0.5f * Gaussian() + odd;
            statistics[channels + i] = MathF.Abs(1 + 0.1f * Gaussian());
        }

        return statistics;
    }

    public static Fingerprint Fit(FitOptions options, int samples, int seed = 1)
    {
        FingerprintFitter fitter = new(FakeSession.Identity, options, new FixedTime());
        Clusters[] clusters = [.. options.Taps.Select((tap, i) => new Clusters(seed + i, tap.Channels))];
        for (int i = 0; i < samples; i++)
            fitter.Add($"sample {i}", i % options.Classes, [.. clusters.SelectMany(c => c.Next(i % 2))]);
        return fitter.Finish();
    }

    // Box and Muller.
    private float Gaussian()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        return (float)(radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
    }
}

internal sealed class FixedTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
}
