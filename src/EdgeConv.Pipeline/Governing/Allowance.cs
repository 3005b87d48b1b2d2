using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// The load a pipeline may put on the board, in W as its profiles count, and which limit of the board it comes from.
/// </summary>
/// <param name="Stay">What it may keep.</param>
/// <param name="Grow">What can be kept for long, with room to spare; it may go up to that and to <paramref name="Stay"/>.</param>
/// <param name="Cause">The limit that binds; <see cref="GovernorCause.Room"/> when none does.</param>
/// <param name="Measured">What was measured of it, W or °C.</param>
/// <param name="Limit">The limit, in the same unit.</param>
public readonly record struct Allowance(
    double Stay, double Grow, GovernorCause Cause, double Measured, double Limit)
{
    /// <summary>Standard deviation of what sensors add to <see cref="Stay"/>, W.</summary>
    public double Noise { get; init; }

    /// <summary>
    /// Processors that other programs have kept busy in the last few seconds, at most; null when nobody tells.
    /// </summary>
    public double? OtherCores { get; init; }

    /// <summary>
    /// Whether the rest of the board exceeds the limit by itself, so that a pause would not hold it either.
    /// </summary>
    public bool IsOutOfReach { get; init; }

    /// <summary>No limit.</summary>
    public static Allowance Unlimited { get; } =
        new(double.PositiveInfinity, double.PositiveInfinity, GovernorCause.Room, 0, 0);
}
