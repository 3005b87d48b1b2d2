using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>Which budget cannot be held even with the last point. Not thread-safe.</summary>
/// <param name="frontier">What may run.</param>
/// <param name="budget">What is to be held; a problem stands for its dwell time at least.</param>
/// <param name="latency">What points take now.</param>
/// <param name="time">Clock.</param>
internal sealed class BudgetProblem(
    Frontier frontier, BudgetOptions budget, LatencyModel latency, TimeProvider time)
{
    private GovernorCause _cause;
    private long _at;

    /// <summary>In one line; null when all budgets hold.</summary>
    public string? Text { get; private set; }

    /// <summary>Looks at what a search has come to.</summary>
    public void Note(in Standing at, Choice next)
    {
        bool isStuck = next.IsPaused || at.Allowance.IsOutOfReach || (at.IsLate && next == at.Present);
        GovernorCause cause = !isStuck ? GovernorCause.Room : at.IsLate ? GovernorCause.Latency : at.Allowance.Cause;
        if (cause == _cause || (!isStuck && time.GetElapsedTime(_at) < budget.Dwell))
            return;
        _at = time.GetTimestamp();
        _cause = cause;
        string model = frontier[next.Point].Model;
        double p99 = latency.LatencyOf(next.Point).TotalMilliseconds;
        Text = !isStuck ? null
            : at.IsLate ? GovernorText.OfMiss(budget.Latency!.Value, p99, model, isOnly: frontier.Count == 1)
            : GovernorText.OfExcess(at.Allowance, model, next.IsPaused);
    }
}
