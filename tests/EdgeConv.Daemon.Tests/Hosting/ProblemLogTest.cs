using EdgeConv.Core;
using EdgeConv.Daemon.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

public sealed class ProblemLogTest
{
    private readonly RecordingLog _log = new(LogLevel.Warning);
    private readonly LoggingSink _sink;

    public ProblemLogTest() => _sink = new LoggingSink(_log);

    [Fact]
    public void A_problem_that_lasts_is_one_line_and_one_that_comes_back_another()
    {
        Say(0, "gone");
        Say(10, "gone");
        Say(20, null);
        Say(30, "gone");
        Assert.Equal(["pipeline p: gone", "pipeline p: gone"], _log.Written);
    }

    [Fact]
    public void A_problem_that_follows_another_closely_and_stands_is_said_when_it_is_due()
    {
        Say(0, "gone");
        Say(3, "busy");
        Say(6, "busy");
        Say(12, "busy");
        Say(22, "busy");
        Assert.Equal(["pipeline p: gone", "pipeline p: busy"], _log.Written);
    }

    private void Say(int seconds, string? problem) => _sink.Publish(new Health
    {
        Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        Pipeline = "p",
        State = PipelineState.Running,
        Problem = problem,
    });
}
