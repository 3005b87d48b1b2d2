using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>What a governor says of itself, a line each.</summary>
internal static class GovernorText
{
    /// <summary>Why it moved.</summary>
    public static string Of(GovernorCause cause, double measured, double? limit) => cause switch
    {
        GovernorCause.Latency => Invariant($"p99 {measured:0.0} ms, budget {limit:0.#} ms"),
        GovernorCause.Power => Invariant($"{measured:0.0} W, budget {limit:0.#} W"),
        GovernorCause.Temperature => Invariant($"{measured:0.0} °C, limit {limit:0.#} °C"),
        _ => "room in the budget",
    };

    /// <summary>That the last model does not hold the latency.</summary>
    /// <param name="budget">What it does not hold.</param>
    /// <param name="milliseconds">
    /// What is foreseen of it; within the budget where single results are late that the law of the others does not tell.
    /// </param>
    /// <param name="model">Its name.</param>
    /// <param name="isOnly">Whether there is no other.</param>
    public static string OfMiss(TimeSpan budget, double milliseconds, string model, bool isOnly)
    {
        double limit = budget.TotalMilliseconds;
        string found = milliseconds > limit
            ? Invariant($"p99 is {milliseconds:0.0} ms")
            : "more than one result in a hundred is late";
        string which = isOnly ? "with the only model" : "with the smallest model";
        return Invariant($"the budget of {limit:0.##} ms cannot be held: {found} {which}, {model}");
    }

    /// <summary>That the board's limit is not held with the last model.</summary>
    public static string OfExcess(in Allowance allowance, string model, bool isPaused) =>
        Of(allowance.Cause, allowance.Measured, allowance.Limit) + (isPaused
            ? $" would be exceeded even with {model} at its last rate: paused"
            : $" is exceeded by the rest of the board alone: {model} runs at its last rate");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
