using System.Net;
using System.Net.Sockets;
using EdgeConv.Core;
using EdgeConv.Daemon.Metering;
using EdgeConv.Daemon.Options;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

public sealed class MetricsEndpointTest
{
    [Fact]
    public async Task What_pipelines_do_is_served_as_text()
    {
        MetricsOptions options = new(IPAddress.Loopback, FreePort.Find());
        using MetricsEndpoint endpoint = new(options, "c.yaml");
        Recorder passedOn = new();
        MeteringSink sink = new(passedOn, endpoint.Metrics);
        sink.Publish(Health("porch", results: 7));
        sink.Publish(Health("barn", results: 3) with { Energy = null });
        sink.Publish(Result("porch", milliseconds: 4));
        string text = await FetchAsync(options);
        Assert.Contains("\nedgeconv_results_total{pipeline=\"porch\"} 7\n", text, StringComparison.Ordinal);
        Assert.Contains("\nedgeconv_results_total{pipeline=\"barn\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\nedgeconv_energy_joules_total{pipeline=\"porch\"} 52.5\n", text, StringComparison.Ordinal);
        Assert.Contains("\nedgeconv_energy_uncertainty_joules{pipeline=\"porch\"} 26.25\n", text, StringComparison.Ordinal);
        Assert.Contains("\nedgeconv_energy_estimated{pipeline=\"porch\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("energy_joules_total{pipeline=\"barn\"}", text, StringComparison.Ordinal);
        Assert.Contains("\nedgeconv_board_temperature_celsius 51.5\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "edgeconv_latency_seconds_bucket{pipeline=\"porch\",model=\"m\",le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "edgeconv_latency_seconds_bucket{pipeline=\"porch\",model=\"m\",le=\"0.0025\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nedgeconv_board_power_watts ", text, StringComparison.Ordinal);
        Assert.Equal((1, 2), (passedOn.Findings, passedOn.Healths));
    }

    [Fact]
    public async Task A_pipeline_that_is_gone_is_not_served_any_longer()
    {
        MetricsOptions options = new(IPAddress.Loopback, FreePort.Find());
        using MetricsEndpoint endpoint = new(options, "c.yaml");
        foreach (string pipeline in (string[])["porch", "barn"])
        {
            endpoint.Metrics.Note(Health(pipeline, results: 7));
            endpoint.Metrics.Note(Result(pipeline, milliseconds: 4));
        }

        endpoint.Metrics.Forget("barn");
        string text = await FetchAsync(options);
        Assert.DoesNotContain("barn", text, StringComparison.Ordinal);
        Assert.Contains("pipeline=\"porch\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_that_is_built_anew_counts_from_nothing()
    {
        MetricsOptions options = new(IPAddress.Loopback, FreePort.Find());
        using MetricsEndpoint endpoint = new(options, "c.yaml");
        endpoint.Metrics.Note(Health("porch", results: 7));
        endpoint.Metrics.Note(Health("porch", results: 3) with { Energy = null, TemperatureCelsius = null });
        string text = await FetchAsync(options);
        Assert.Contains("\nedgeconv_results_total{pipeline=\"porch\"} 3\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("joules_total{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nedgeconv_board_temperature_celsius ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_address_is_listened_on_where_none_is_named()
    {
        MetricsOptions options = new(IPAddress.Any, FreePort.Find());
        using MetricsEndpoint endpoint = new(options, "c.yaml");
        foreach (string address in (string[])["127.0.0.1", "127.0.0.2", "localhost"])
        {
            string text = await FetchAsync(address, options.Port);
            Assert.Contains($"edgeconv_build_info{{version=\"{ProductVersion.Number}\"}} 1", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_address_that_is_taken_is_named()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        ConfigError error = Assert.Throws<ConfigError>(
            () => new MetricsEndpoint(new MetricsOptions(IPAddress.Loopback, port), "c.yaml").Dispose());
        Assert.StartsWith($"c.yaml: metrics: cannot listen on 127.0.0.1:{port}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_is_counted_without_garbage()
    {
        using MetricsEndpoint endpoint = new(new MetricsOptions(IPAddress.Loopback, FreePort.Find()), "c.yaml");
        Result result = Result("porch", milliseconds: 4);
        Assert.Equal(0, Allocation.Least(() => endpoint.Metrics.Note(result)));
    }

    private static Task<string> FetchAsync(MetricsOptions options) => FetchAsync(options.Bind.ToString(), options.Port);

    private static async Task<string> FetchAsync(string host, int port)
    {
        using HttpClient client = new();
        string text = await client.GetStringAsync(
            new Uri($"http://{host}:{port}/metrics"), TestContext.Current.CancellationToken);
        return "\n" + text;
    }

    private static Health Health(string pipeline, long results) => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        Pipeline = pipeline,
        State = PipelineState.Running,
        Results = results,
        TemperatureCelsius = 51.5,
        Energy = new EnergyUse
        {
            Inference = new Energy(9.5, 4.75, true),
            DayJoules = 52.5,
            TotalJoules = 52.5,
            TotalUncertaintyJoules = 26.25,
            Since = DateTimeOffset.UnixEpoch,
            IsEstimated = true,
        },
    };

    private static Result Result(string pipeline, double milliseconds) => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        Pipeline = pipeline,
        Sequence = 0,
        Origin = "x",
        Model = new ModelIdentity("m", "m.onnx", ""),
        Prediction = new Prediction { Kind = PredictionKind.Classification },
        Latency = new Latency(default, default, TimeSpan.FromMilliseconds(milliseconds), default, default),
        Energy = new Energy(9.5, 4.75, true),
        OperatingPoint = new OperatingPoint(0, "m", 1, double.PositiveInfinity, "start"),
    };

    private sealed class Recorder : ISink
    {
        public int Findings { get; private set; }

        public int Healths { get; private set; }

        public void Publish(Finding finding) => Findings++;

        public void Publish(Health health) => Healths++;
    }
}
