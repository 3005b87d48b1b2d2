using EdgeConv.Core;
using EdgeConv.Devices;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads the <c>trigger</c> of a live source.</summary>
internal static class TriggerReader
{
    private const int MostLines = 1024;
    private static readonly NumberRange s_hold = new(0.001, 86_400, "a number of seconds");

    private static readonly Dictionary<string, TriggerEdge> Edges = new()
    {
        ["rising"] = TriggerEdge.Rising,
        ["falling"] = TriggerEdge.Falling,
        ["both"] = TriggerEdge.Both,
    };

    /// <summary>Reads it; null when there is none.</summary>
    public static TriggerOptions? Read(ConfigSection source)
    {
        if (source.Section("trigger") is not { } section)
            return null;
        TriggerOptions defaults = new() { Line = 0 };
        TriggerOptions trigger = new()
        {
            GpioChip = section.Text("gpio") ?? "",
            Line = LineOf(section),
            Edge = section.Choice("edge", Edges, defaults.Edge),
            HoldSeconds = section.Number("hold_s", s_hold, defaults.HoldSeconds)!.Value,
        };
        section.RefuseUnknown();
        return trigger;
    }

    /// <summary>The number of a GPIO line, which must be there.</summary>
    public static int LineOf(ConfigSection section) => section.Integer("line", 0, MostLines - 1)
        ?? throw new ConfigError(section.PlaceOf("line"), "is missing");
}
