using System.CommandLine;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Profiling;

namespace EdgeConv.Daemon.Commands;

/// <summary>The options that ask how long a battery lasts.</summary>
internal sealed class BatteryOptions
{
    private const double MostWattHours = 1e6;
    private const double MostWatts = 1000;
    private static readonly long[] s_duty = [0, 1000, 10_000, 100_000];

    /// <summary>Energy of the battery.</summary>
    public Option<double?> WattHours { get; } = new("--battery")
    {
        Description = "Also tell how many days a battery of so many Wh lasts",
    };

    /// <summary>Inferences a day.</summary>
    public Option<long[]> PerDay { get; } = new("--per-day")
    {
        Description = "Inferences a day, several for several columns (default 0 1000 10000 100000)",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Power of the board at rest.</summary>
    public Option<double?> RestWatts { get; } = new("--rest-watts")
    {
        Description = "Power of the board at rest in W; default: as measured by a rail, or by calibrate-power",
    };

    /// <summary>What was asked for; null for nothing.</summary>
    /// <exception cref="ConfigError">A number cannot be.</exception>
    public DutyCycles? Parse(ParseResult parsed)
    {
        double? rest = parsed.GetValue(RestWatts);
        long[] perDay = parsed.GetValue(PerDay) is { Length: > 0 } named ? named : s_duty;
        if (parsed.GetValue(WattHours) is not { } wattHours)
            return rest is null && parsed.GetValue(PerDay) is not { Length: > 0 }
                ? null
                : throw new ConfigError("--battery", "is missing; --per-day and --rest-watts tell of a battery in Wh");
        if (wattHours is not (> 0 and <= MostWattHours))
            throw Wrong("--battery", wattHours, $"more than 0 and at most {MostWattHours:0} Wh would be right");
        if (rest is not (null or > 0 and <= MostWatts))
            throw Wrong("--rest-watts", rest.Value, $"more than 0 and at most {MostWatts:0} W would be right");
        foreach (long count in perDay.Where(count => count < 0))
            throw Wrong("--per-day", count, "0 or more would be right");
        return new DutyCycles(wattHours, perDay, rest);
    }

    private static ConfigError Wrong(string option, double found, string right) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{option} {found}"), right);
}
