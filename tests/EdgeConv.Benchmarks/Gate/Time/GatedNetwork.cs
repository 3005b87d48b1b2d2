using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Time;

/// <summary>
/// A network twice, alone and with a gate that is fitted to what the network makes of pictures, both on the same
/// input.
/// </summary>
internal sealed class GatedNetwork : IDisposable
{
    private const int SamplesOfClass = 4;
    private const int LeastSamples = 500;
    private const int Verdicts = 400;

    private readonly CropClasses _pictures;
    private readonly string _path;
    private readonly string[] _taps;
    private readonly Fingerprint _fingerprint;
    private ISession _alone;
    private ISession _tapped;
    private MahalanobisGate _gate;

    /// <param name="path">An ONNX file with one input.</param>
    /// <param name="isDiagonal">Whether the gate is that of <c>--mode diagonal</c>; otherwise the default.</param>
    /// <param name="classes">Classes that the gate tells apart.</param>
    /// <param name="pictures">Pictures of them; stay the caller's.</param>
    public GatedNetwork(string path, bool isDiagonal, int classes, CropClasses pictures)
    {
        _pictures = pictures;
        IReadOnlyList<TapChoice> taps = TapSelection.Of(
            path, ModelInspection.PointwiseLayers(path), isDiagonal ? GateMode.Diagonal : null);
        _path = path;
        _taps = [.. taps.Select(tap => tap.Name)];
        _alone = Load(path, []);
        _tapped = Load(path, _taps);
        _fingerprint = Fit(new FitOptions { Taps = taps, Classes = classes });
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

    /// <summary>Makes a crop of the last class the input, like those that the gate was fitted to.</summary>
    public void ShowCrop()
    {
        _pictures.Fill(Classes - 1, _alone.GetInput(0));
        _alone.GetInput(0).AsSpan<float>().CopyTo(_tapped.GetInput(0).AsSpan<float>());
    }

    /// <summary>Makes noise the input, which is far from every class.</summary>
    public void ShowNoise()
    {
        Random random = new(1);
        foreach (ref float value in _alone.GetInput(0).AsSpan<float>())
            value = 4 * random.NextSingle() - 2;
        _alone.GetInput(0).AsSpan<float>().CopyTo(_tapped.GetInput(0).AsSpan<float>());
    }

    /// <summary>
    /// Loads network and gate once more, at other addresses, with the same input: where data happen to lie in the
    /// caches costs more than the gate does.
    /// </summary>
    public void Reload()
    {
        ISession alone = Load(_path, []), tapped = Load(_path, _taps);
        _alone.GetInput(0).AsSpan<float>().CopyTo(alone.GetInput(0).AsSpan<float>());
        alone.GetInput(0).AsSpan<float>().CopyTo(tapped.GetInput(0).AsSpan<float>());
        Dispose();
        (_alone, _tapped) = (alone, tapped);
        _gate = new MahalanobisGate(_fingerprint);
        _gate.Bind(_tapped);
    }

    /// <summary>One inference.</summary>
    public void RunAlone() => _alone.Run();

    /// <summary>One inference with taps, and its verdict.</summary>
    public void RunGated()
    {
        _tapped.Run();
        _gate.Evaluate(_tapped);
    }

    /// <summary>Median time of a verdict behind an inference, which leaves little of its data in the caches.</summary>
    public TimeSpan VerdictTime()
    {
        TimeSpan[] times = new TimeSpan[Verdicts];
        foreach (ref TimeSpan time in times.AsSpan())
        {
            _tapped.Run();
            long begun = Stopwatch.GetTimestamp();
            _gate.Evaluate(_tapped);
            time = Stopwatch.GetElapsedTime(begun);
        }

        Array.Sort(times);
        return times[Verdicts / 2];
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

    private static ISession Load(string path, string[] taps) =>
        new EngineSessionFactory().Load(path, new SessionOptions { Taps = taps });

    private Fingerprint Fit(FitOptions options)
    {
        FingerprintFitter fitter = new(_tapped.Model, options);
        List<float> statistics = [];
        for (int sample = 0; sample < Math.Max(LeastSamples, SamplesOfClass * options.Classes); sample++)
        {
            int classIndex = sample % options.Classes;
            _pictures.Fill(classIndex, _tapped.GetInput(0));
            _tapped.Run();
            statistics.Clear();
            for (int tap = 0; tap < options.Taps.Count; tap++)
                statistics.AddRange(_tapped.GetTap(tap));
            fitter.Add("crops", classIndex, [.. statistics]);
        }

        return fitter.Finish();
    }
}
