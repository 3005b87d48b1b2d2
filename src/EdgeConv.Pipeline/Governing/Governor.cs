using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Holds a pipeline's latency and the board's temperature inside a budget by choosing among the members of a
/// family, the most accurate first, and when the last one is still too hot by lowering the rate.
/// </summary>
/// <remarks>
/// A step to a cheaper member needs <see cref="Evidence"/> results at the current one whose 95 % quantile is over
/// budget. A step back needs the dwell time, and that the more accurate member would stay below
/// <see cref="Headroom"/> of the budget, judged by scaling the present inference time with the ratio of
/// multiply-adds. A member that was left because it was too slow is tried again after a time that doubles while
/// it fails soon each time. A budget that the last member cannot hold becomes a <see cref="Problem"/>. One caller at
/// a time.
/// </remarks>
public sealed class Governor
{
    /// <summary>Results at an operating point before it is judged.</summary>
    public const int Evidence = 20;

    /// <summary>
    /// First results at an operating point that are not judged: they waited while the point before ran, and the
    /// session is cold.
    /// </summary>
    public const int Settling = 2;

    /// <summary>Share of the latency budget that a more accurate member may be expected to use.</summary>
    public const double Headroom = 0.8;

    /// <summary>°C below the limit at which the governor steps down.</summary>
    public const double TemperatureMargin = 3;

    /// <summary>°C below the limit at which it may step up again.</summary>
    public const double TemperatureRecovery = 8;

    private const double LatencyQuantile = 0.95;
    private const double LowestRateShare = 1.0 / 8;
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(5);
    private readonly IReadOnlyList<FamilyProfile> _family;
    private readonly BudgetOptions _budget;
    private readonly TimeProvider _time;
    private readonly LatencyWindow _window = new(32);
    private readonly LatencyWindow _inference = new(32);
    private readonly TimeSpan[] _patience;
    private readonly long[] _leftAt;
    private int _settling = Settling;
    private double _rateShare = 1;
    private long _changedAt;
    private long _problemAt;

    /// <param name="family">Members, the most accurate first; at least one.</param>
    /// <param name="budget">What to hold.</param>
    /// <param name="time">Clock.</param>
    public Governor(IReadOnlyList<FamilyProfile> family, BudgetOptions budget, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfZero(family.Count);
        _family = family;
        _budget = budget;
        _time = time;
        _leftAt = new long[family.Count];
        _patience = new TimeSpan[family.Count];
        Array.Fill(_patience, budget.Dwell);
        Current = PointOf(0, "start");
        _changedAt = time.GetTimestamp();
    }

    /// <summary>What the next tick runs with.</summary>
    public OperatingPoint Current { get; private set; }

    /// <summary>
    /// Why the latency budget cannot be held even with the last member, in one line; null when it holds. It
    /// stands for the dwell time at least.
    /// </summary>
    public string? Problem { get; private set; }

    /// <summary>Takes in one result and what the board says.</summary>
    /// <param name="latency">Where the time from capture to result went.</param>
    /// <param name="board">The latest reading.</param>
    /// <returns>True when <see cref="Current"/> or <see cref="Problem"/> has changed.</returns>
    public bool Observe(in Latency latency, BoardReading board)
    {
        if (_settling > 0)
        {
            _settling--;
        }
        else
        {
            _window.Add(latency.Total);
            _inference.Add(latency.Infer);
        }

        OperatingPoint before = Current;
        bool isChanged = JudgeBudget();
        double? limit = _budget.TemperatureCelsius ?? board.TemperatureLimitCelsius;
        if (limit is { } celsius && board.TemperatureCelsius >= celsius - TemperatureMargin)
            CoolDown(board.TemperatureCelsius.Value, celsius);
        else if (IsTooSlow(out TimeSpan quantile))
            StepDownForLatency(quantile);
        else if (limit is null || !(board.TemperatureCelsius > limit - TemperatureRecovery))
            Recover();
        return isChanged || !ReferenceEquals(before, Current);
    }

    private bool JudgeBudget()
    {
        if (_window.Count < Evidence || Current.Member != _family.Count - 1)
            return false;
        bool isTooSlow = IsTooSlow(out TimeSpan quantile);
        if (isTooSlow == Problem is not null || (!isTooSlow && _time.GetElapsedTime(_problemAt) < _budget.Dwell))
            return false;
        _problemAt = _time.GetTimestamp();
        Problem = isTooSlow ? DescribeMiss(quantile) : null;
        return true;
    }

    private string DescribeMiss(TimeSpan quantile)
    {
        string member = _family.Count == 1 ? "the only model" : "the smallest model";
        return Invariant(
            $"the budget of {_budget.Latency!.Value.TotalMilliseconds:0.##} ms cannot be held: p95 is ") +
            Invariant($"{quantile.TotalMilliseconds:0.0} ms with {member}, {Current.Model}");
    }

    private bool IsTooSlow(out TimeSpan quantile)
    {
        quantile = _window.Quantile(LatencyQuantile);
        return _window.Count >= Evidence && _budget.Latency is { } budget && quantile > budget;
    }

    private void StepDownForLatency(TimeSpan quantile)
    {
        int member = Current.Member;
        if (member == _family.Count - 1)
            return;
        bool failedSoon = _time.GetElapsedTime(_changedAt) < _patience[member] * 4;
        _patience[member] = failedSoon ? Min(_patience[member] * 2, LongestPatience) : _budget.Dwell;
        Move(member + 1, Invariant(
            $"p95 {quantile.TotalMilliseconds:0.0} ms over the budget of {_budget.Latency!.Value.TotalMilliseconds:0.#} ms"));
    }

    private void CoolDown(double celsius, double limit)
    {
        // Heat follows load slowly: one step, then wait for its effect.
        if (_time.GetElapsedTime(_changedAt) < _budget.Dwell)
            return;
        string reason = Invariant($"{celsius:0.0} °C near the limit of {limit:0.#} °C");
        if (Current.Member < _family.Count - 1)
            Move(Current.Member + 1, reason);
        else if (_rateShare > LowestRateShare && _budget.RateHertz is not null)
            ChangeRate(_rateShare / 2, reason);
    }

    private void Recover()
    {
        if (_time.GetElapsedTime(_changedAt) < _budget.Dwell || _window.Count < Evidence)
            return;
        if (_rateShare < 1)
        {
            ChangeRate(_rateShare * 2, "cooler");
            return;
        }

        int better = Current.Member - 1;
        if (better >= 0 && _time.GetElapsedTime(_leftAt[better]) >= _patience[better] && MayFit(better))
            Move(better, "room in the budget");
    }

    private bool MayFit(int member)
    {
        if (_budget.Latency is not { } budget)
            return true;
        long present = _family[Current.Member].MultiplyAdds;
        long wanted = _family[member].MultiplyAdds;
        double ratio = present > 0 && wanted > 0 ? (double)wanted / present : 1;
        TimeSpan inference = _inference.Quantile(LatencyQuantile);
        return _window.Quantile(LatencyQuantile) + inference * (ratio - 1) <= budget * Headroom;
    }

    private void Move(int member, string reason)
    {
        _leftAt[Current.Member] = _time.GetTimestamp();
        Problem = null;
        Change(PointOf(member, reason));
    }

    private void ChangeRate(double share, string reason)
    {
        _rateShare = share;
        Change(PointOf(Current.Member, reason));
    }

    private void Change(OperatingPoint point)
    {
        Current = point;
        _changedAt = _time.GetTimestamp();
        _settling = Settling;
        _window.Clear();
        _inference.Clear();
    }

    private OperatingPoint PointOf(int member, string reason) => new(
        member,
        _family[member].Model,
        _family[member].Threads,
        (_budget.RateHertz ?? double.PositiveInfinity) * _rateShare,
        reason);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
