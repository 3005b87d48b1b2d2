using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Profiling;

/// <summary>What was measured of an operating point.</summary>
internal sealed record PointFigures
{
    /// <summary>Time from taking a sample to its result, median of the quietest turn, in ms; at least
    /// 0.001.</summary>
    public required double ServiceMs { get; init; }

    /// <summary>The time that 99 % of all runs did not exceed, in ms; above 0.</summary>
    public required double P99Ms { get; init; }

    /// <summary>Runs that were measured, at least 1.</summary>
    public required int Runs { get; init; }

    /// <summary>Energy of one sample above idle, in mJ; above 0.</summary>
    public required double EnergyMj { get; init; }

    /// <summary>Whether the energy is a model's, no rail's.</summary>
    public required bool EnergyEstimated { get; init; }

    /// <summary>When it was measured.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>The figures of a point whose time was measured.</summary>
    /// <param name="time">Its time.</param>
    /// <param name="threads">Threads it runs on.</param>
    /// <param name="joules">Energy of one sample above idle; null where it was not measured.</param>
    /// <param name="at">When.</param>
    public static PointFigures Of(ServiceTime time, int threads, double? joules, DateTimeOffset at) => new()
    {
        ServiceMs = time.Median.TotalMilliseconds,
        P99Ms = time.P99.TotalMilliseconds,
        Runs = time.Runs,
        EnergyMj = joules * 1000 ?? EnergyMeter.Of(time.Median, threads, null).Millijoules,
        EnergyEstimated = joules is null,
        MeasuredAt = at,
    };

    /// <summary>Whether all numbers are in their ranges.</summary>
    public bool AreSound() => ServiceMs is >= 1e-3 and < 1e9 && IsPositive(P99Ms) && Runs > 0 && IsPositive(EnergyMj);

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);
}
