using EdgeConv.Daemon.Hosting;
using EdgeConv.Testing.Pipelines;
using Microsoft.Extensions.Hosting.Systemd;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>When the watchdog is on, as sd_watchdog_enabled(3) says, and when it is fed.</summary>
public sealed class WatchdogTest
{
    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "", 30.0)]
    [InlineData("30000000", "42", 30.0)]
    [InlineData("30000000", "43", null)]
    [InlineData("30000000", "x", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("18446744073709551615", null, null)]
    [InlineData("9223372036854775807", null, null)]
    [InlineData("", "42", null)]
    [InlineData(null, "42", null)]
    public void It_is_on_for_the_process_that_is_watched(string? microseconds, string? pid, double? seconds) =>
        Assert.Equal(
            seconds is { } s ? TimeSpan.FromSeconds(s) : null, Watchdog.AllowedFor(microseconds, pid, ownPid: 42));

    [Fact]
    public void It_is_fed_at_half_time_unless_a_pipeline_is_stuck()
    {
        ManualTime time = new();
        Notifier notifier = new();
        Watchdog watchdog = new(notifier, TimeSpan.FromSeconds(10), time);
        watchdog.Feed(_ => false);
        Assert.Equal(1, notifier.Count);
        time.Advance(TimeSpan.FromSeconds(4));
        watchdog.Feed(_ => false);
        Assert.Equal(1, notifier.Count);
        time.Advance(TimeSpan.FromSeconds(1));
        watchdog.Feed(limit => limit == TimeSpan.FromSeconds(5));
        Assert.Equal(1, notifier.Count);
        watchdog.Feed(_ => false);
        Assert.Equal(2, notifier.Count);
    }

    [Fact]
    public void Switched_off_it_is_not_fed()
    {
        Notifier notifier = new();
        new Watchdog(notifier, null, new ManualTime()).Feed(_ => false);
        Assert.Equal(0, notifier.Count);
    }

    private sealed class Notifier : ISystemdNotifier
    {
        public int Count { get; private set; }

        public bool IsEnabled => true;

        public void Notify(ServiceState state) => Count++;
    }
}
