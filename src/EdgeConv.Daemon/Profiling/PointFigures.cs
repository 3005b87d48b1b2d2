using EdgeConv.Pipeline.Accounting;
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

    /// <summary>Standard uncertainty of that, in mJ.</summary>
    public required double EnergyUncertaintyMj { get; init; }

    /// <summary>Whether the energy is a model's, no rail's.</summary>
    public required bool EnergyEstimated { get; init; }

    /// <summary>When it was measured.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>The figures of a point whose time was measured.</summary>
    /// <param name="time">Its time.</param>
    /// <param name="measured">Its energy by a rail; null where none measured it.</param>
    /// <param name="estimate">Its energy by a model.</param>
    /// <param name="at">When.</param>
    public static PointFigures Of(ServiceTime time, PointCost? measured, PointCost estimate, DateTimeOffset at)
    {
        PointCost cost = measured ?? estimate;
        return new PointFigures
        {
            ServiceMs = time.Median.TotalMilliseconds,
            P99Ms = time.P99.TotalMilliseconds,
            Runs = time.Runs,
            EnergyMj = cost.Joules * 1000,
            EnergyUncertaintyMj = cost.Joules * cost.RelativeUncertainty * 1000,
            EnergyEstimated = measured is null,
            MeasuredAt = at,
        };
    }

    /// <summary>Whether all numbers are in their ranges.</summary>
    public bool AreSound() => ServiceMs is >= 1e-3 and < 1e9 && IsPositive(P99Ms) && Runs > 0
        && IsPositive(EnergyMj) && EnergyUncertaintyMj >= 0 && double.IsFinite(EnergyUncertaintyMj);

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);
}
