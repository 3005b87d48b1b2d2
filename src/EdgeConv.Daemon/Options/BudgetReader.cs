using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads the <c>budget</c> sections, of the board and of a pipeline.</summary>
internal static class BudgetReader
{
    private static readonly NumberRange Milliseconds = new(0.01, 3_600_000, "a number of milliseconds");
    private static readonly NumberRange Hertz = new(1e-6, 1e6, "a rate in Hz");
    private static readonly NumberRange Celsius = new(0, 150, "a temperature in °C");
    private static readonly NumberRange Watts = new(0.01, 10_000, "a power in W");
    private static readonly NumberRange Seconds = new(0.1, 86_400, "a number of seconds");
    private static readonly NumberRange Weight = new(1e-3, 1e3, "a weight");

    /// <summary>Reads what all pipelines together must keep the board within.</summary>
    public static BoardBudget ReadBoard(ConfigSection? section)
    {
        BoardBudget defaults = new();
        if (section is null)
            return defaults;
        BoardBudget budget = new()
        {
            PowerWatts = section.Number("power_watts", Watts),
            PowerWindow = section.Number("power_window_s", Seconds) is { } s ? TimeSpan.FromSeconds(s) : defaults.PowerWindow,
            TemperatureCelsius = section.Number("temperature_celsius", Celsius),
        };
        section.RefuseUnknown();
        return budget;
    }

    /// <summary>Reads what one pipeline must stay within.</summary>
    public static BudgetOptions ReadPipeline(ConfigSection? section)
    {
        BudgetOptions defaults = new();
        if (section is null)
            return defaults;
        RefuseBoards(section, "temperature_celsius");
        RefuseBoards(section, "power_watts");
        RefuseBoards(section, "power_window_s");
        BudgetOptions budget = new()
        {
            Latency = section.Number("latency_ms", Milliseconds) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            RateHertz = section.Number("rate_hz", Hertz),
            LeastRateHertz = section.Number("rate_min_hz", Hertz),
            Dwell = section.Number("dwell_s", Seconds) is { } s ? TimeSpan.FromSeconds(s) : defaults.Dwell,
            Priority = section.Integer("priority", -1000, 1000, 0)!.Value,
            Weight = section.Number("weight", Weight) ?? defaults.Weight,
        };
        section.RefuseUnknown();
        return budget.LeastRateHertz > budget.RateHertz
            ? throw new ConfigError(section.PlaceOf("rate_min_hz"),
                FormattableString.Invariant(
                    $"{budget.LeastRateHertz} is above rate_hz, {budget.RateHertz}; at most that is right"))
            : budget;
    }

    private static void RefuseBoards(ConfigSection section, string key) =>
        section.Refuse(key, "is the board's: it belongs under 'budget' at the top of the file");
}
