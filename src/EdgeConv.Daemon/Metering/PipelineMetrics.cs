using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Metering;

/// <summary>
/// What pipelines do, as instruments of a meter: the latency of each result, and counters and gauges of each health
/// report, ten seconds old at most. Names and units follow OpenTelemetry's conventions.
/// </summary>
internal sealed class PipelineMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "EdgeConv";

    // From the smallest network to a video that stutters, s.
    private static readonly double[] s_latencyBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly ConcurrentDictionary<string, Health> _latest = new();
    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _latency;

    /// <summary>Makes the instruments.</summary>
    public PipelineMetrics()
    {
        _latency = _meter.CreateHistogram(
            "edgeconv.latency", "s", "Time from capture to result", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = s_latencyBounds });
        Count("edgeconv.results", null, "Results published", health => health.Results);
        Count("edgeconv.results.ood", null, "Results out of distribution", health => health.OodResults);
        Count("edgeconv.samples.stale", null, "Samples dropped for a newer one", health => health.StaleDropped);
        Count("edgeconv.samples.bad", null, "Samples that were unusable", health => health.BadSamples);
        Count("edgeconv.energy", "J", "Energy above what the board takes without the pipeline",
            health => health.Energy?.TotalJoules);
        Show("edgeconv.energy.uncertainty", "J", "Standard uncertainty of that energy",
            health => health.Energy?.TotalUncertaintyJoules);
        Show("edgeconv.energy.estimated", null, "1 when some of that energy comes from a model instead of a rail",
            health => health.Energy is { } energy ? energy.IsEstimated ? 1 : 0 : null);
        Show("edgeconv.inference.energy", "J", "Energy of an inference, mean of about the last minute",
            health => health.Energy?.Inference.Millijoules / 1000);
        Show("edgeconv.running", null, "1 while samples come and results go",
            health => health.State == PipelineState.Running ? 1 : 0);
        Show("edgeconv.drift", null, "1 after an alarm of drift", health => health.HasDrifted ? 1 : 0);
        Show("edgeconv.rate", "Hz", "Rate that the governor allows; absent where it holds back nothing",
            health => health.OperatingPoint?.RateHertz is { } hertz && double.IsFinite(hertz) ? hertz : null);
        ShowBoard("edgeconv.board.temperature", "celsius", "Temperature of the processor", h => h.TemperatureCelsius);
        ShowBoard("edgeconv.board.power", "W", "Power drawn", health => health.PowerWatts);
    }

    /// <summary>Takes in a result.</summary>
    public void Note(Result result) => _latency.Record(
        result.Latency.Total.TotalSeconds, new("pipeline", result.Pipeline), new("model", result.Model.Name));

    /// <summary>Takes in a pipeline's state.</summary>
    public void Note(Health health) => _latest[health.Pipeline] = health;

    /// <summary>A pipeline is gone.</summary>
    public void Forget(string pipeline) => _latest.TryRemove(pipeline, out _);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Count(string name, string? unit, string description, Func<Health, double?> value) =>
        _meter.CreateObservableCounter(name, () => ValuesOf(value), unit, description);

    private void Show(string name, string? unit, string description, Func<Health, double?> value) =>
        _meter.CreateObservableGauge(name, () => ValuesOf(value), unit, description);

    private void ShowBoard(string name, string unit, string description, Func<Health, double?> value) =>
        _meter.CreateObservableGauge(name, () => BoardOf(value), unit, description);

    private IEnumerable<Measurement<double>> ValuesOf(Func<Health, double?> value)
    {
        foreach (Health health in _latest.Values)
        {
            if (value(health) is { } number && double.IsFinite(number))
                yield return new(number, new KeyValuePair<string, object?>("pipeline", health.Pipeline));
        }
    }

    // Every pipeline's health has the board's readings: the latest report counts.
    private IEnumerable<Measurement<double>> BoardOf(Func<Health, double?> value)
    {
        Health? latest = _latest.Values.MaxBy(health => health.Timestamp);
        if (latest is not null && value(latest) is { } number && double.IsFinite(number))
            yield return new Measurement<double>(number);
    }
}
