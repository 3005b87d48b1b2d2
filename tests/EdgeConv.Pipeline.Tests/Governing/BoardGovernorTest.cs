using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class BoardGovernorTest
{
    private static readonly PointProfile[] Family =
    [
        new(0, "large", 1, 0.93, TimeSpan.FromMilliseconds(20), 0.04),
        new(1, "small", 1, 0.9, TimeSpan.FromMilliseconds(4), 0.008),
    ];

    private readonly ManualTime _time = new();

    [Fact]
    public void Without_limits_nobody_is_held_back()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor pipeline = Join(board);
        Run(board, 60, [pipeline], (_, load) => new BoardReading(90, null, 3 + load));
        Assert.Equal(("large", double.PositiveInfinity), (pipeline.Current.Model, pipeline.Current.RateHertz));
    }

    [Fact]
    public void Work_that_takes_no_time_pauses_nobody()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PointProfile[] tiny = [new(0, "tiny", 1, 0.9, TimeSpan.FromMicroseconds(20), 4e-5)];
        PipelineGovernor camera = Join(board, family: tiny);
        PipelineGovernor recording = Join(board, family: tiny);
        for (int second = 0; second < 300; second++)
        {
            camera.Arrive(_time.GetTimestamp());
            camera.Observe(default, _time.GetUtcNow());
            recording.Observe(default, _time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(1));
            board.Tick(new BoardReading(50, null, null));
        }

        Assert.Equal(
            (double.PositiveInfinity, double.PositiveInfinity),
            (camera.Current.RateHertz, recording.Current.RateHertz));
    }

    [Fact]
    public void The_power_budget_is_held_on_the_mean()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 3.7 }, _time);
        PipelineGovernor pipeline = Join(board);
        List<double> watts = Run(board, 60, [pipeline], (_, load) => new BoardReading(null, null, 3 + load));
        Assert.InRange(watts.TakeLast(30).Average(), 3.2, 3.7);
        Assert.Equal("large", pipeline.Current.Model);
        Assert.Contains("budget 3.7 W", pipeline.Current.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_power_budget_that_nothing_measures_limits_nothing()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 0.1 }, _time);
        PipelineGovernor pipeline = Join(board);
        Run(board, 60, [pipeline], (_, _) => new BoardReading(50, null, null));
        Assert.Equal(("large", double.PositiveInfinity), (pipeline.Current.Model, pipeline.Current.RateHertz));
    }

    [Fact]
    public void Without_a_rail_a_calibrated_board_holds_its_power_by_the_model()
    {
        BoardGovernor board = new(
            new BoardBudget { PowerWatts = 3.7 }, _time, EnergyModel.Uncalibrated with { RestWatts = 3 });
        PipelineGovernor pipeline = Join(board);
        Run(board, 60, [pipeline], (_, _) => new BoardReading(null, null, null));
        Assert.Equal("large", pipeline.Current.Model);
        Assert.InRange(pipeline.Current.RateHertz, 10, 0.7 / 0.04);
        Assert.Contains("budget 3.7 W", pipeline.Current.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_the_one_of_higher_priority_keeps_its_accuracy()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 3.9 }, _time);
        PipelineGovernor low = Join(board, new BudgetOptions { Priority = 1 });
        PipelineGovernor high = Join(board, new BudgetOptions { Priority = 2 });
        Run(board, 60, [low, high], (_, load) => new BoardReading(null, null, 3 + load));
        Assert.Equal(("small", "large"), (low.Current.Model, high.Current.Model));
    }

    [Fact]
    public void Who_leaves_makes_room()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 3.9 }, _time);
        PipelineGovernor low = Join(board, new BudgetOptions { Priority = 1 });
        PipelineGovernor high = Join(board, new BudgetOptions { Priority = 2 });
        Run(board, 60, [low, high], (_, load) => new BoardReading(null, null, 3 + load));
        board.Leave(high);
        Run(board, 120, [low], (_, load) => new BoardReading(null, null, 3 + load));
        Assert.Equal("large", low.Current.Model);
    }

    [Fact]
    public void A_budget_that_is_changed_counts_at_once()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor pipeline = Join(board);
        Run(board, 30, [pipeline], (_, load) => new BoardReading(null, null, 3 + load));
        board.Budget = new BoardBudget { PowerWatts = 3.3 };
        Run(board, 10, [pipeline], (_, load) => new BoardReading(null, null, 3 + load));
        Assert.Equal("small", pipeline.Current.Model);
    }

    [Fact]
    public void A_limit_that_others_exceed_alone_is_said_and_nothing_is_paused()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 2 }, _time);
        PipelineGovernor pipeline = Join(board);
        Run(board, 30, [pipeline], (_, load) => new BoardReading(null, null, 3 + load));
        Assert.Equal("small", pipeline.Current.Model);
        Assert.True(pipeline.Current.RateHertz > 0);
        Assert.Contains("by the rest of the board alone", pipeline.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(-127, -1)]
    [InlineData(85_000, 65_535)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void Nonsense_from_sensors_moves_nobody(double celsius, double watts)
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 6, TemperatureCelsius = 70 }, _time);
        PipelineGovernor pipeline = Join(board);
        Run(board, 60, [pipeline], (_, load) => new BoardReading(50, null, 3 + load));
        Run(board, 60, [pipeline], (second, load) => second % 7 == 3
            ? new BoardReading(celsius, null, watts)
            : new BoardReading(50, null, 3 + load));
        Run(board, 60, [pipeline], (_, _) => new BoardReading(celsius, null, watts));
        Assert.Equal(("large", double.PositiveInfinity), (pipeline.Current.Model, pipeline.Current.RateHertz));
    }

    [Fact]
    public void Sensors_that_vanish_leave_what_was_learned()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 3.7 }, _time);
        PipelineGovernor pipeline = Join(board);
        Run(board, 60, [pipeline], (_, load) => new BoardReading(null, null, 3 + load));
        OperatingPoint before = pipeline.Current;
        Run(board, 300, [pipeline], (_, _) => default);
        Assert.Equal(before, pipeline.Current);
    }

    [Fact]
    public void Another_monitor_that_steps_in_for_a_moment_moves_nobody()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 4.5 }, _time);
        PipelineGovernor pipeline = Join(board);
        BoardReading Rails(double load) => new(null, null, 3 + load) { PowerSource = PowerSource.Rails };
        BoardReading Pmic(double load) => new(null, null, 5 + load) { PowerSource = PowerSource.Pmic };
        Run(board, 60, [pipeline], (_, load) => Rails(load));
        Run(board, 5, [pipeline], (_, load) => Pmic(load));
        Run(board, 60, [pipeline], (_, load) => Rails(load));
        Assert.Equal(("large", "start"), (pipeline.Current.Model, pipeline.Current.Reason));
        Run(board, 60, [pipeline], (_, load) => Pmic(load));
        Assert.Equal("small", pipeline.Current.Model);
    }

    [Fact]
    public void A_tick_allocates_nothing()
    {
        BoardGovernor board = new(new BoardBudget { PowerWatts = 4, TemperatureCelsius = 70 }, _time);
        PipelineGovernor[] pipelines = [Join(board), Join(board, new BudgetOptions { Priority = 3 })];
        Run(board, 60, pipelines, (_, load) => new BoardReading(50, 85, 3 + load));
        Assert.Equal(0, Allocation.Least(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            board.Tick(new BoardReading(50, 85, 3.5));
        }));
    }

    [Fact]
    public void What_pipelines_can_use_of_their_shares_is_never_more_than_there_is()
    {
        Gen.Select(Gen.Int[-2, 2], Gen.Double[0.2, 5]).Array[1, 5].Select(Gen.Double[0.01, 8]).Sample((kinds, total) =>
        {
            FairShares shares = new();
            PipelineGovernor[] pipelines = [.. kinds.OrderByDescending(kind => kind.Item1).Select((kind, i) => Settled(
                new BudgetOptions { Priority = kind.Item1, Weight = kind.Item2 }))];
            shares.Divide(pipelines, total);
            double used = Enumerable.Range(0, pipelines.Length).Sum(i => UsableOf(pipelines[i], shares[i]));
            Assert.True(used <= total * (1 + 1e-9));
            Assert.All(Enumerable.Range(0, pipelines.Length), i => Assert.True(shares[i] >= 0));
        });
    }

    private PipelineGovernor Join(BoardGovernor board, BudgetOptions? budget = null, PointProfile[]? family = null)
    {
        PipelineGovernor pipeline = new("p", new Frontier(family ?? Family), budget ?? new BudgetOptions(), _time);
        board.Join(pipeline);
        return pipeline;
    }

    // What a pipeline can make of a share: the best point whose least load fits, at up to its full load.
    private static double UsableOf(PipelineGovernor pipeline, double share)
    {
        for (int point = 0; point < pipeline.Points; point++)
        {
            if (pipeline.TryLoad(point, out PointLoad load) && load.Least <= share)
                return Math.Min(share, load.Full);
        }

        return 0;
    }

    private static PipelineGovernor Settled(BudgetOptions budget)
    {
        ManualTime time = new();
        PipelineGovernor pipeline = new("p", new Frontier(Family), budget, time);
        for (int i = 0; i < 20; i++)
        {
            pipeline.Arrive(time.GetTimestamp());
            time.Advance(TimeSpan.FromSeconds(1.0 / 30));
        }

        return pipeline;
    }

    // Thirty samples a second, worked on at the rate that is asked for; the board is read each second.
    private List<double> Run(
        BoardGovernor board, int seconds, PipelineGovernor[] pipelines, Func<int, double, BoardReading> read)
    {
        List<double> watts = [];
        Pacer[] pacers = [.. pipelines.Select(_ => new Pacer(_time))];
        for (int second = 0; second < seconds; second++)
        {
            double joules = 0;
            for (int frame = 0; frame < 30; frame++)
            {
                for (int i = 0; i < pipelines.Length; i++)
                    joules += Sample(pipelines[i], pacers[i]);
                _time.Advance(TimeSpan.FromSeconds(1.0 / 30));
            }

            BoardReading reading = read(second, joules);
            watts.Add(reading.PowerWatts ?? 0);
            board.Tick(reading);
        }

        return watts;
    }

    private double Sample(PipelineGovernor pipeline, Pacer pacer)
    {
        pipeline.Arrive(_time.GetTimestamp());
        if (pipeline.Current.RateHertz == 0)
            pipeline.Reconsider(_time.GetUtcNow());
        OperatingPoint point = pipeline.Current;
        if (pacer.UntilDue(point.RateHertz) > TimeSpan.Zero)
            return 0;
        pacer.Pass(point.RateHertz);
        PointProfile profile = Family[point.Member];
        pipeline.Observe(new Latency(default, default, profile.Service, default, default), _time.GetUtcNow());
        return profile.Joules;
    }
}
