using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class PipelineGovernorTest
{
    private static readonly PointProfile[] Family =
    [
        new(0, "large", 1, 0.93, TimeSpan.FromMilliseconds(8), 0.016),
        new(1, "medium", 1, 0.92, TimeSpan.FromMilliseconds(4), 0.008),
        new(2, "small", 1, 0.9, TimeSpan.FromMilliseconds(1), 0.002),
    ];

    private readonly ManualTime _time = new();

    [Fact]
    public void It_starts_with_the_most_accurate_point_that_the_profile_lets_hold()
    {
        Assert.Equal("large", Make(Budget(20)).Current.Model);
        Assert.Equal("medium", Make(Budget(6)).Current.Model);
        Assert.Equal("small", Make(Budget(0.5)).Current.Model);
        Assert.Equal("large", Make(new BudgetOptions()).Current.Model);
    }

    [Fact]
    public void One_late_result_is_no_evidence_however_late_it_is()
    {
        PipelineGovernor governor = Make(Budget(20));
        List<GovernorDecision> decisions = Drive(governor, 600, (_, i) => i % 97 == 50 ? 500 : 8);
        Assert.Empty(decisions);
    }

    [Fact]
    public void Three_late_results_of_five_are()
    {
        PipelineGovernor governor = Make(Budget(20));
        Assert.Empty(Drive(governor, 60, (_, _) => 8));
        GovernorDecision decision = Assert.Single(Drive(governor, 3, (_, _) => 24));
        Assert.Equal(("large", "medium"), (decision.From.Model, decision.To.Model));
        Assert.Equal((GovernorCause.Latency, 20.0), (decision.Cause, decision.Limit));
        Assert.True(decision.Measured > 20);
        Assert.InRange(decision.ExpectedLatency.TotalMilliseconds, 12, 20);
        Assert.StartsWith("p99 ", decision.To.Reason, StringComparison.Ordinal);
        Assert.EndsWith(" ms, budget 20 ms", decision.To.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void It_moves_past_what_would_be_too_slow_as_well()
    {
        PipelineGovernor governor = Make(Budget(20));
        Drive(governor, 60, (_, _) => 8);
        // Eight times as slow: the medium one would take 32 ms.
        Drive(governor, 3, (_, _) => 64);
        Assert.Equal("small", governor.Current.Model);
    }

    [Fact]
    public void It_comes_back_when_the_machine_is_fast_again_after_the_dwell_time()
    {
        PipelineGovernor governor = Make(Budget(20));
        Drive(governor, 60, (_, _) => 8);
        Drive(governor, 90, (point, _) => 3 * Family[point].Service.TotalMilliseconds);
        Assert.Equal("medium", governor.Current.Model);
        List<GovernorDecision> decisions = Drive(governor, 300, (point, _) => Family[point].Service.TotalMilliseconds);
        GovernorDecision decision = Assert.Single(decisions);
        Assert.Equal(("large", GovernorCause.Room), (decision.To.Model, decision.Cause));
    }

    [Fact]
    public void It_does_not_come_back_to_what_would_be_late_again()
    {
        PipelineGovernor governor = Make(Budget(20));
        Drive(governor, 60, (_, _) => 8);
        Assert.Single(Drive(governor, 30 * 600, (point, _) => 3 * Family[point].Service.TotalMilliseconds));
        Assert.Equal("medium", governor.Current.Model);
    }

    [Fact]
    public void A_point_whose_profile_is_wrong_is_tried_ever_more_rarely()
    {
        PipelineGovernor governor = Make(Budget(20));
        // The large one takes four times what the profile says, the others what it says.
        List<GovernorDecision> decisions =
            Drive(governor, 30 * 3600, (point, _) => Family[point].Service.TotalMilliseconds * (point == 0 ? 4 : 1));
        Assert.InRange(decisions.Count, 1, 9);
    }

    [Fact]
    public void The_smallest_point_stays_however_slow_it_is_and_says_so_once()
    {
        PipelineGovernor governor = Make(Budget(0.5));
        Assert.Empty(Drive(governor, 300, (_, _) => 4));
        Assert.Equal("small", governor.Current.Model);
        Assert.StartsWith("the budget of 0.5 ms cannot be held: p99 is ", governor.Problem, StringComparison.Ordinal);
        Assert.EndsWith(" ms with the smallest model, small", governor.Problem, StringComparison.Ordinal);
        Drive(governor, 300, (_, _) => 0.2);
        Assert.Null(governor.Problem);
    }

    [Fact]
    public void Less_load_is_first_a_lower_rate_then_a_smaller_model_then_a_pause()
    {
        PipelineGovernor governor = Make(new BudgetOptions());
        Drive(governor, 30, (_, _) => 8);
        Assert.Equal(0.48, governor.Load(), 0.02);
        List<(string Model, double Rate)> seen = [];
        foreach (double watts in (double[])[0.3, 0.25, 0.15, 0.02, 0.003])
        {
            governor.Allow(new Allowance(watts, watts, GovernorCause.Power, 5, 4));
            Drive(governor, 10, (point, _) => Family[point].Service.TotalMilliseconds);
            seen.Add((governor.Current.Model, governor.Current.RateHertz));
        }

        Assert.Equal(["large", "large", "medium", "small", "small"], seen.Select(s => s.Model));
        Assert.InRange(seen[0].Rate, seen[1].Rate + 0.1, 29.9);
        Assert.InRange(seen[3].Rate, 3, 14.9);
        Assert.Equal(0, seen[4].Rate);
        Assert.Contains("4 W", governor.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_that_was_paused_goes_on_by_itself()
    {
        PipelineGovernor governor = Make(new BudgetOptions());
        Drive(governor, 30, (_, _) => 8);
        governor.Allow(new Allowance(0, 0, GovernorCause.Temperature, 80, 75));
        Drive(governor, 30, (_, _) => 8);
        Assert.Equal(0, governor.Current.RateHertz);
        governor.Allow(Allowance.Unlimited);
        _time.Advance(TimeSpan.FromSeconds(6));
        GovernorDecision? decision = governor.Reconsider(_time.GetUtcNow());
        Assert.Equal((GovernorCause.Room, "small"), (decision?.Cause, decision?.To.Model));
        Drive(governor, 300, (_, _) => 1);
        Assert.Equal("large", governor.Current.Model);
    }

    [Fact]
    public void What_no_pause_would_hold_is_run_at_the_smallest_point_and_said()
    {
        PipelineGovernor governor = Make(new BudgetOptions());
        Drive(governor, 30, (_, _) => 8);
        governor.Allow(new Allowance(0, 0, GovernorCause.Power, 9, 5) { IsOutOfReach = true });
        Drive(governor, 30, (_, _) => 1);
        Assert.Equal("small", governor.Current.Model);
        Assert.InRange(governor.Current.RateHertz, 1, 5);
        Assert.Equal(
            "9.0 W, budget 5 W is exceeded by the rest of the board alone: small runs at its last rate",
            governor.Problem);
    }

    [Fact]
    public void A_sample_that_would_be_late_is_too_old_only_where_a_fresh_one_would_not_be()
    {
        PipelineGovernor governor = Make(Budget(20));
        Drive(governor, 60, (_, _) => 8);
        Assert.False(governor.IsTooOld(TimeSpan.Zero));
        Assert.False(governor.IsTooOld(TimeSpan.FromMilliseconds(6)));
        Assert.True(governor.IsTooOld(TimeSpan.FromMilliseconds(14)));
        Assert.False(governor.IsTooOld(TimeSpan.FromMilliseconds(14)));
        PipelineGovernor late = Make(Budget(0.5));
        Drive(late, 60, (_, _) => 4);
        Assert.False(late.IsTooOld(TimeSpan.FromMilliseconds(14)));
    }

    [Fact]
    public void Where_all_samples_are_old_results_still_come_and_tell()
    {
        PipelineGovernor governor = Make(Budget(20));
        int results = 0;
        for (int i = 0; i < 300; i++)
        {
            governor.Arrive(_time.GetTimestamp());
            if (!governor.IsTooOld(TimeSpan.FromMilliseconds(17)))
            {
                results++;
                TimeSpan service = Family[governor.Current.Member].Service;
                governor.Observe(
                    new Latency(TimeSpan.FromMilliseconds(17), default, service, default, default), _time.GetUtcNow());
            }

            _time.Advance(TimeSpan.FromSeconds(1.0 / 30));
        }

        Assert.InRange(results, 150, 300);
        Assert.Equal("small", governor.Current.Model);
    }

    [Fact]
    public void A_recording_under_a_low_cap_is_slowed_down_and_not_paused()
    {
        PipelineGovernor governor = Make(new BudgetOptions());
        for (int i = 0; i < 100; i++)
        {
            governor.Observe(LatencyOf(8), _time.GetUtcNow());
            _time.Advance(TimeSpan.FromMilliseconds(8));
        }

        governor.Allow(new Allowance(0.1, 0.1, GovernorCause.Power, 5, 4));
        governor.Reconsider(_time.GetUtcNow());
        Assert.Equal("large", governor.Current.Model);
        Assert.InRange(governor.Current.RateHertz, 3, 7);
    }

    [Fact]
    public void A_result_without_a_move_allocates_nothing()
    {
        PipelineGovernor governor = Make(Budget(20));
        Drive(governor, 100, (_, _) => 8);
        Latency latency = LatencyOf(8);
        DateTimeOffset timestamp = _time.GetUtcNow();
        Assert.Equal(0, Allocation.Least(() =>
        {
            governor.Arrive(_time.GetTimestamp());
            governor.IsTooOld(TimeSpan.Zero);
            governor.Observe(latency, timestamp);
        }));
    }

    [Fact]
    public void Whatever_happens_it_runs_a_point_of_its_family()
    {
        Gen.Select(Gen.Double[0, 200], Gen.Double[-1, 3], Gen.Double[-1, 3], Gen.Int[0, 3]).List[1, 300].Sample(events =>
        {
            ManualTime time = new();
            PipelineGovernor governor = new("p", new Frontier(Family), new BudgetOptions
            {
                Latency = TimeSpan.FromMilliseconds(20), RateHertz = 10,
            }, time);
            foreach ((double ms, double stay, double grow, int cause) in events)
            {
                governor.Allow(new Allowance(stay, grow, (GovernorCause)cause, 1, 1));
                governor.Arrive(time.GetTimestamp());
                governor.Observe(LatencyOf(ms), time.GetUtcNow());
                time.Advance(TimeSpan.FromSeconds(0.3));
                Assert.InRange(governor.Current.Member, 0, Family.Length - 1);
                Assert.InRange(governor.Current.RateHertz, 0, 10);
                Assert.NotEmpty(governor.Current.Reason);
            }
        });
    }

    private PipelineGovernor Make(BudgetOptions budget) => new("p", new Frontier(Family), budget, _time);

    // Thirty samples a second; the latency of each by its member and number.
    private List<GovernorDecision> Drive(PipelineGovernor governor, int samples, Func<int, int, double> milliseconds)
    {
        List<GovernorDecision> decisions = [];
        for (int i = 0; i < samples; i++)
        {
            governor.Arrive(_time.GetTimestamp());
            GovernorDecision? decision = governor.Current.RateHertz == 0
                ? governor.Reconsider(_time.GetUtcNow())
                : governor.Observe(LatencyOf(milliseconds(governor.Current.Member, i)), _time.GetUtcNow());
            if (decision is not null)
                decisions.Add(decision);
            _time.Advance(TimeSpan.FromSeconds(1.0 / 30));
        }

        return decisions;
    }

    private static BudgetOptions Budget(double milliseconds) =>
        new() { Latency = TimeSpan.FromMilliseconds(milliseconds) };

    private static Latency LatencyOf(double milliseconds) =>
        new(default, default, TimeSpan.FromMilliseconds(milliseconds), default, default);
}
