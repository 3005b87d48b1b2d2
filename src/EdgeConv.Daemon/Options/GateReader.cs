using EdgeConv.Gating.Drift;
using EdgeConv.Gating.Events;
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

    private static TimeSpan TimeOf(ConfigSection section, string key, TimeSpan missing) =>
        TimeSpan.FromSeconds(section.Number(key, Seconds, missing.TotalSeconds)!.Value);
}
