using System.Collections.Concurrent;
using EdgeConv.Core;
using Prometheus;

namespace EdgeConv.Daemon.Metering;

/// <summary>
/// What pipelines do, as metrics of Prometheus: the latency of each result, and counters and gauges of each health
/// report, ten seconds old at most. Safe to call from several threads.
/// </summary>
internal sealed class PipelineMetrics
{
    private const string Label = "pipeline";

    // From the smallest network to a video that stutters, s.
    private static readonly double[] s_latencyBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly MetricFactory _factory;
    private readonly List<(Counter Metric, Func<Health, double?> Value)> _counters = [];
    private readonly List<(Gauge Metric, Func<Health, double?> Value)> _gauges = [];
    private readonly List<(Gauge Metric, Func<Health, double?> Value)> _boardGauges = [];
    private readonly ConcurrentDictionary<(string Pipeline, string Model), Histogram.Child> _latencies = new();
    private readonly Func<(string Pipeline, string Model), Histogram.Child> _makeLatency;
    private readonly Histogram _latency;
    private readonly Lock _lock = new();

    /// <summary>Makes the metrics.</summary>
    public PipelineMetrics()
    {
        _factory = Metrics.WithCustomRegistry(Registry);
        _latency = _factory.CreateHistogram(
            "edgeconv_latency_seconds", "Time from capture to result", [Label, "model"],
            new HistogramConfiguration { Buckets = s_latencyBounds });
        _factory.CreateGauge("edgeconv_build_info", "1; which version runs", ["version"])
            .WithLabels(ProductVersion.Number).Set(1);
        _makeLatency = key => _latency.WithLabels(key.Pipeline, key.Model);
        Count("edgeconv_results_total", "Results published", health => health.Results);
        Count("edgeconv_results_ood_total", "Results out of distribution", health => health.OodResults);
        Count("edgeconv_samples_stale_total", "Samples dropped for a newer one", health => health.StaleDropped);
        Count("edgeconv_samples_bad_total", "Samples that were unusable", health => health.BadSamples);
        Count("edgeconv_energy_joules_total", "Energy above what the board takes without the pipeline",
            health => health.Energy?.TotalJoules);
        Show("edgeconv_energy_uncertainty_joules", "Standard uncertainty of that energy",
            health => health.Energy?.TotalUncertaintyJoules);
        Show("edgeconv_energy_estimated", "1 when some of that energy comes from a model instead of a rail",
            health => health.Energy is { } energy ? energy.IsEstimated ? 1 : 0 : null);
        Show("edgeconv_inference_energy_joules", "Energy of an inference, mean of about the last minute",
            health => health.Energy?.Inference.Millijoules / 1000);
        Show("edgeconv_running", "1 while samples come and results go",
            health => health.State == PipelineState.Running ? 1 : 0);
        Show("edgeconv_drift", "1 after an alarm of drift", health => health.HasDrifted ? 1 : 0);
        Show("edgeconv_rate_hertz", "Rate that the governor allows; absent where it holds back nothing",
            health => health.OperatingPoint?.RateHertz);
        ShowBoard("edgeconv_board_temperature_celsius", "Temperature of the processor", h => h.TemperatureCelsius);
        ShowBoard("edgeconv_board_power_watts", "Power drawn", health => health.PowerWatts);
    }

    /// <summary>All of them.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Takes in a result.</summary>
    public void Note(Result result) => _latencies.GetOrAdd((result.Pipeline, result.Model.Name), _makeLatency)
        .Observe(result.Latency.Total.TotalSeconds);

    /// <summary>Takes in a pipeline's state; every pipeline's has the board's readings.</summary>
    public void Note(Health health)
    {
        lock (_lock)
        {
            foreach ((Counter metric, Func<Health, double?> value) in _counters)
                Set(metric, health.Pipeline, value(health));
            foreach ((Gauge metric, Func<Health, double?> value) in _gauges)
                Set(metric, health.Pipeline, value(health));
            foreach ((Gauge metric, Func<Health, double?> value) in _boardGauges)
                Set(metric, value(health));
        }
    }

    /// <summary>A pipeline is gone.</summary>
    public void Forget(string pipeline)
    {
        lock (_lock)
        {
            foreach ((Counter metric, _) in _counters)
                metric.RemoveLabelled(pipeline);
            foreach ((Gauge metric, _) in _gauges)
                metric.RemoveLabelled(pipeline);
        }

        foreach ((string Pipeline, string Model) key in _latencies.Keys.Where(key => key.Pipeline == pipeline))
        {
            _latencies.TryRemove(key, out _);
            _latency.RemoveLabelled(key.Pipeline, key.Model);
        }
    }

    private void Count(string name, string help, Func<Health, double?> value) =>
        _counters.Add((_factory.CreateCounter(name, help, [Label]), value));

    private void Show(string name, string help, Func<Health, double?> value) =>
        _gauges.Add((_factory.CreateGauge(name, help, [Label]), value));

    private void ShowBoard(string name, string help, Func<Health, double?> value) => _boardGauges.Add(
        (_factory.CreateGauge(name, help, new GaugeConfiguration { SuppressInitialValue = true }), value));

    // A pipeline that was built anew counts from 0 again.
    private static void Set(Counter metric, string pipeline, double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            metric.RemoveLabelled(pipeline);
            return;
        }

        if (metric.WithLabels(pipeline).Value > number)
            metric.RemoveLabelled(pipeline);
        metric.WithLabels(pipeline).IncTo(number);
    }

    private static void Set(Gauge metric, string pipeline, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            metric.WithLabels(pipeline).Set(number);
        else
            metric.RemoveLabelled(pipeline);
    }

    private static void Set(Gauge metric, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            metric.Set(number);
        else
            metric.Unpublish();
    }
}
