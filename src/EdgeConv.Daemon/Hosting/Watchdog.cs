using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace EdgeConv.Daemon.Hosting;

/// <summary>Feeds systemd's watchdog, at half of the time that it allows.</summary>
internal sealed class Watchdog(ISystemdNotifier systemd, TimeSpan? allowed, TimeProvider time)
{
    private long _fedAt;

    /// <summary>
    /// What the service manager allows between two signs of life, from <c>WATCHDOG_USEC</c> and
    /// <c>WATCHDOG_PID</c>; null when it watches nobody, or another process.
    /// </summary>
    /// <remarks>The rules are those of sd_watchdog_enabled(3).</remarks>
    public static TimeSpan? AllowedFor(string? microseconds, string? watchedPid, int ownPid)
    {
        if (!string.IsNullOrEmpty(watchedPid) && watchedPid != ownPid.ToString(CultureInfo.InvariantCulture))
            return null;
        return long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long allowed) &&
            allowed is > 0 and <= long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(allowed)
            : null;
    }

    /// <summary>
    /// Feeds it when that is due, unless <paramref name="isStuck"/> for half of the time allowed.
    /// </summary>
    public void Feed(Func<TimeSpan, bool> isStuck)
    {
        if (allowed / 2 is not { } half || (_fedAt != 0 && time.GetElapsedTime(_fedAt) < half)
            || isStuck(half))
            return;
        systemd.Notify(new ServiceState("WATCHDOG=1"));
        _fedAt = time.GetTimestamp();
    }
}
