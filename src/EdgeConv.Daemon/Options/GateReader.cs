using EdgeConv.Gating.Drift;
using EdgeConv.Gating.Events;
using EdgeConv.Pipeline.Snapshots;
using EdgeConv.Pipeline.Watching;

namespace EdgeConv.Daemon.Options;

/// <summary>A pipeline's <c>gate</c> section.</summary>
internal sealed record GateOptions
{
    /// <summary>
    /// False alarms the gate may raise, 0..1; null means what the fingerprint was fitted for.
    /// </summary>
    public double? Alpha { get; init; }

    /// <summary>What is made of its readings.</summary>
    public WatchOptions Watch { get; init; } = new();

    /// <summary>Whether pictures of what is odd leave the device; null for none.</summary>
    public SnapshotOptions? Snapshots { get; init; }
}

/// <summary>Reads a pipeline's <c>gate</c> section.</summary>
internal static class GateReader
{
    private const int LongestSpan = 100_000;
    private static readonly NumberRange Share = new(1e-6, 0.5, "a share");
    private static readonly NumberRange Seconds = new(0, 86_400, "a number of seconds");

    /// <summary>Reads <c>gate</c>.</summary>
    public static GateOptions Read(ConfigSection? section)
    {
        if (section is null)
            return new GateOptions();
        GateOptions options = new()
        {
            Alpha = section.Number("alpha", Share),
            Watch = new WatchOptions
            {
                Drift = ReadDrift(section.Section("drift")),
                Events = ReadEvents(section.Section("events")),
            },
            Snapshots = ReadSnapshots(section.Section("snapshot")),
        };
        section.RefuseUnknown();
        return options;
    }

    private static DriftOptions? ReadDrift(ConfigSection? section)
    {
        DriftOptions defaults = new();
        if (section is null)
            return defaults;
        bool isEnabled = section.Flag("enabled", true);
        DriftOptions options = defaults with
        {
            Alpha = section.Number("alpha", Share, defaults.Alpha)!.Value,
            Interval = TimeOf(section, "interval_s", defaults.Interval),
        };
        section.RefuseUnknown();
        return isEnabled ? options : null;
    }

    private static EventOptions? ReadEvents(ConfigSection? section)
    {
        EventOptions defaults = new();
        if (section is null)
            return defaults;
        bool isEnabled = section.Flag("enabled", true);
        EventOptions options = new()
        {
            Span = section.Integer("span", 1, LongestSpan, defaults.Span)!.Value,
            Gap = TimeOf(section, "gap_s", defaults.Gap),
        };
        section.RefuseUnknown();
        return isEnabled ? options : null;
    }

    // A picture leaves the device only where somebody has asked for it.
    private static SnapshotOptions? ReadSnapshots(ConfigSection? section)
    {
        if (section is null)
            return null;
        bool isEnabled = section.Flag("enabled", true);
        TimeSpan missing = new SnapshotOptions().Interval;
        SnapshotOptions options = new() { Interval = TimeOf(section, "interval_s", missing) };
        section.RefuseUnknown();
        return isEnabled ? options : null;
    }

    private static TimeSpan TimeOf(ConfigSection section, string key, TimeSpan missing) =>
        TimeSpan.FromSeconds(section.Number(key, Seconds, missing.TotalSeconds)!.Value);
}
