namespace EdgeConv.Daemon.Profiling;

/// <summary>A battery, and how often a day the network runs.</summary>
/// <param name="WattHours">Energy that the battery delivers, Wh.</param>
/// <param name="PerDay">Inferences a day, each at least 0.</param>
/// <param name="RestWatts">Power of the board at rest as the user knows it, W; null for what is measured.</param>
internal sealed record DutyCycles(double WattHours, IReadOnlyList<long> PerDay, double? RestWatts);

/// <summary>A time in days.</summary>
/// <param name="Value">Expected.</param>
/// <param name="Uncertainty">Standard uncertainty that comes from the energy of an inference.</param>
internal sealed record Days(double Value, double Uncertainty);

/// <summary>
/// How long a battery lasts: E / (P₀ + n e / T) with the board's power at rest P₀, n inferences of energy e a day T.
/// </summary>
internal sealed record BatteryLife
{
    private const double DaySeconds = 86_400;
    private const double WattHourJoules = 3600;

    /// <summary>Energy that the battery delivers, Wh.</summary>
    public required double WattHours { get; init; }

    /// <summary>Power of the board at rest, W.</summary>
    public required double RestWatts { get; init; }

    /// <summary>Inferences a day.</summary>
    public required IReadOnlyList<long> PerDay { get; init; }

    /// <summary>For each point and each number of inferences; null where the day is too short for so many.</summary>
    public required IReadOnlyList<IReadOnlyList<Days?>> Days { get; init; }

    /// <summary>Of all points.</summary>
    public static BatteryLife Of(DutyCycles duty, double restWatts, IReadOnlyList<PointLine> points) => new()
    {
        WattHours = duty.WattHours,
        RestWatts = restWatts,
        PerDay = duty.PerDay,
        Days = [.. points.Select(point => (IReadOnlyList<Days?>)
            [.. duty.PerDay.Select(perDay => Of(duty.WattHours, restWatts, perDay, point.Figures))])],
    };

    private static Days? Of(double wattHours, double restWatts, long perDay, PointFigures figures)
    {
        if (perDay * figures.ServiceMs / 1000 > DaySeconds)
            return null;
        double watts = restWatts + perDay * figures.EnergyMj / 1000 / DaySeconds;
        double uncertainty = perDay * figures.EnergyUncertaintyMj / 1000 / DaySeconds;
        double days = wattHours * WattHourJoules / watts / DaySeconds;
        return new Days(days, days * uncertainty / watts);
    }
}
