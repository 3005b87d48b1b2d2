using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Time;

/// <summary>
/// A network twice, alone and with a gate, on the same noise. The gate is fitted to random statistics, since
/// its time depends on their number only.
/// </summary>
internal sealed class GatedNetwork : IDisposable
{
    private const int Samples = 3000;

    private readonly ISession _alone;
    private readonly ISession _tapped;
    private readonly MahalanobisGate _gate;
    private readonly Fingerprint _fingerprint;

    /// <param name="path">An ONNX file with one input.</param>
    /// <param name="isDiagonal">Whether the gate is that of <c>--mode diagonal</c>; otherwise the default.</param>
    /// <param name="classes">Classes that the gate tells apart.</param>
    public GatedNetwork(string path, bool isDiagonal, int classes)
    {
        IReadOnlyList<TapChoice> taps = TapSelection.Of(
            path, ModelInspection.PointwiseLayers(path), isDiagonal ? GateMode.Diagonal : null);
        _alone = Load(path, []);
        _tapped = Load(path, [.. taps.Select(tap => tap.Name)]);
        _fingerprint = Fit(_tapped.Model, new FitOptions { Taps = taps, Classes = classes });
        _gate = new MahalanobisGate(_fingerprint);
        _gate.Bind(_tapped);
        IsDiagonal = isDiagonal;
        Classes = classes;
    }

    /// <summary>Whether it is the gate of <c>--mode diagonal</c>.</summary>
    public bool IsDiagonal { get; }

    /// <summary>Classes that the gate tells apart.</summary>
    public int Classes { get; }

    /// <summary>Features of each tap and its distance.</summary>
    public string Features => string.Join(" + ",
        _fingerprint.Taps.Select(tap => $"{tap.Dimension} {GateNames.Of(tap.Mode)}"));

    /// <summary>Multiply-adds of the distances over those of the network.</summary>
    public double MultiplyAddShare => _fingerprint.Taps.Sum(MultiplyAdds) / _alone.MultiplyAdds;

    /// <summary>One inference.</summary>
    public void RunAlone() => _alone.Run();

    /// <summary>One inference with taps, and its verdict.</summary>
    public void RunGated()
    {
        _tapped.Run();
        _gate.Evaluate(_tapped);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _alone.Dispose();
        _tapped.Dispose();
    }

    private static double MultiplyAdds(TapFingerprint tap)
    {
        double d = tap.Dimension, means = tap.Classes.Means.Length;
        double whitening = tap.Classes.Factor.Length == d ? d : d * (d + 1) / 2;
        return whitening + means + (tap.Background is null ? 0 : whitening + d);
    }

    private static ISession Load(string path, string[] taps)
    {
        ISession session = new EngineSessionFactory().Load(path, new SessionOptions { Taps = taps });
        Random random = new(1);
        foreach (ref float value in session.GetInput(0).AsSpan<float>())
            value = random.NextSingle();
        return session;
    }

    private static Fingerprint Fit(ModelIdentity model, FitOptions options)
    {
        Random random = new(2);
        FingerprintFitter fitter = new(model, options);
        float[] statistics = new float[2 * options.Taps.Sum(tap => tap.Channels)];
        for (int sample = 0; sample < Samples; sample++)
        {
            foreach (ref float value in statistics.AsSpan())
                value = random.NextSingle();
            fitter.Add("statistics", sample % options.Classes, statistics);
        }

        return fitter.Finish();
    }
}
