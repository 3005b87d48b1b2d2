using EdgeConv.Core;
using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Mqtt;
using EdgeConv.Testing.Pipelines;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>What is said of a governor's decision in the log and in the demo.</summary>
public sealed class DecisionTextTest
{
    private const string Move = "large -> small, 2 threads, 2.5 Hz, p99 45.5 ms, budget 40 ms";
    private static readonly OperatingPoint s_large = new(0, "large", 1, double.PositiveInfinity, "start");

    private static readonly GovernorDecision s_decision = new()
    {
        Timestamp = new DateTimeOffset(2026, 8, 1, 12, 0, 0, 250, TimeSpan.Zero),
        Pipeline = "fashion",
        From = s_large,
        To = new OperatingPoint(1, "small", 2, 2.5, "p99 45.5 ms, budget 40 ms"),
        Cause = GovernorCause.Latency,
        Measured = 45.5,
        Limit = 40,
        ExpectedLatency = TimeSpan.FromMilliseconds(27),
        ExpectedWatts = 0.125,
    };

    [Fact]
    public void The_log_has_one_line_for_it_and_none_for_the_health_that_follows()
    {
        RecordingLog log = new(LogLevel.Trace);
        RecordingSink inner = new();
        LoggingSink sink = new(log);
        sink.Connect(inner);
        sink.Publish(HealthAt(s_large));
        sink.Publish(s_decision);
        sink.Publish(HealthAt(s_decision.To));
        Assert.Equal(["pipeline fashion: Running", $"pipeline fashion: {Move}"], log.Written);
        Assert.Same(s_decision, Assert.Single(inner.Findings));
    }

    [Fact]
    public void The_demo_prints_it_when_it_comes_and_counts_it_among_the_messages()
    {
        using StringWriter output = new();
        DemoPrinter printer = new(output);
        printer.Print(GovernorPayload.Of(s_decision));
        printer.PrintSummary();
        string[] lines = output.ToString().Split('\n');
        Assert.Equal($"12:00:00.250  fashion   governor: {Move}", lines[0]);
        Assert.Contains("1 messages received over MQTT, 1 of them decisions of the governor", lines);
    }

    [Theory]
    [InlineData(0, "m paused")]
    [InlineData(0.5, "m, 0.5 Hz")]
    [InlineData(double.PositiveInfinity, "m")]
    public void A_point_is_named_by_model_and_rate(double rateHertz, string text)
    {
        OperatingPoint point = new(0, "m", 1, rateHertz, "start");
        Assert.Equal(text, OperatingPointText.Of(point));
        Assert.Equal(text, OperatingPointText.Of(
            GovernorPayload.Of(s_decision with { From = point }).From));
    }

    private static Health HealthAt(OperatingPoint point) => new()
    {
        Timestamp = s_decision.Timestamp,
        Pipeline = "fashion",
        State = PipelineState.Running,
        OperatingPoint = point,
    };
}
