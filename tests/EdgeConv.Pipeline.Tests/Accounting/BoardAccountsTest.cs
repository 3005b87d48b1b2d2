using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Accounting;

/// <summary>What is booked to pipelines, against what they took.</summary>
public sealed class BoardAccountsTest
{
    private const double RestWatts = 3;
    private static readonly PointProfile s_small = new(0, "small", 1, 0.9, TimeSpan.FromMilliseconds(4), 0.01);
    private static readonly PointProfile s_large = new(0, "large", 1, 0.9, TimeSpan.FromMilliseconds(20), 0.06);
    private readonly ManualTime _time = new();
    private readonly Random _random = new(3);

    // The profiles are 30 % too low, the rail errs by 50 mW.
    [Fact]
    public void A_rail_corrects_the_profiles_and_each_pipeline_has_its_part()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor[] pipelines = [Join(board, "a", s_small), Join(board, "b", s_large)];
        double[] taken = Run(board, 600, pipelines, load => RestWatts + 1.3 * load + 0.05 * Normal());
        Assert.All(Enumerable.Range(0, 2), i =>
        {
            EnergyUse use = pipelines[i].EnergyUse!;
            Assert.False(use.IsEstimated);
            Assert.InRange(use.TotalJoules / (1.3 * taken[i]), 0.95, 1.05);
            Assert.True(Math.Abs(use.TotalJoules - 1.3 * taken[i]) < 2.5 * use.TotalUncertaintyJoules);
        });
        Assert.InRange(pipelines[1].EnergyOfInference().Millijoules, 74, 82);
    }

    [Fact]
    public void What_another_program_takes_is_not_booked()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor[] pipelines = [Join(board, "a", s_large)];
        double calm = Run(board, 600, pipelines, load => RestWatts + load + 0.02 * Normal())[0];
        double before = pipelines[0].EnergyUse!.TotalJoules;
        double disturbed = Run(board, 60, pipelines, load => RestWatts + 4 + load + 0.02 * Normal())[0];
        Assert.InRange(before / calm, 0.95, 1.05);
        Assert.InRange((pipelines[0].EnergyUse!.TotalJoules - before) / disturbed, 0.8, 1.25);
    }

    [Fact]
    public void Without_a_rail_the_profiles_count_as_estimates_with_their_uncertainty()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor[] pipelines = [Join(board, "a", s_small)];
        double taken = Run(board, 60, pipelines, _ => null)[0];
        EnergyUse use = pipelines[0].EnergyUse!;
        Assert.True(use.IsEstimated);
        Assert.Equal(taken, use.TotalJoules, 9);
        Assert.Equal(EnergyModel.UncalibratedUncertainty * taken, use.TotalUncertaintyJoules, 9);
        Assert.Equal(new Energy(10, 5, true), pipelines[0].EnergyOfInference());
    }

    [Fact]
    public void At_another_voltage_an_estimate_goes_with_its_square()
    {
        BoardGovernor board = new(new BoardBudget(), _time, EnergyModel.Uncalibrated with { Volts = 1 });
        PipelineGovernor[] pipelines = [Join(board, "a", s_small)];
        double taken = Run(board, 60, pipelines, _ => null, volts: 0.9)[0];
        Assert.Equal(0.81 * taken, pipelines[0].EnergyUse!.TotalJoules, 9);
    }

    [Fact]
    public void A_pipeline_that_is_built_anew_goes_on_with_its_books()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor first = Join(board, "a", s_small);
        double taken = Run(board, 10, [first], _ => null)[0];
        board.Leave(first);
        PipelineGovernor second = Join(board, "a", s_large);
        taken += Run(board, 10, [second], _ => null)[0];
        Assert.Equal(taken, second.EnergyUse!.TotalJoules, 9);
    }

    // A load far below the rail's noise, which is 0.1 W: a receiver's counter must not fall.
    [Fact]
    public void What_is_booked_never_falls()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PointProfile tiny = new(0, "tiny", 1, 0.9, TimeSpan.FromMilliseconds(1), 1e-4);
        PipelineGovernor[] pipelines = [Join(board, "a", tiny)];
        double before = 0;
        for (int second = 0; second < 300; second++)
        {
            Run(board, 1, pipelines, load => RestWatts + load + 0.1 * Normal());
            Assert.True(pipelines[0].EnergyUse!.TotalJoules >= before);
            before = pipelines[0].EnergyUse!.TotalJoules;
        }
    }

    [Fact]
    public void A_recording_shorter_than_a_second_has_its_energy()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor pipeline = Join(board, "a", s_small);
        pipeline.Begin();
        pipeline.Observe(new Latency(default, default, s_small.Service, default, default), _time.GetUtcNow());
        board.Leave(pipeline);
        Assert.Equal(s_small.Joules, pipeline.EnergyUse!.TotalJoules, 12);
    }

    [Fact]
    public void A_sample_that_failed_is_no_inference()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor pipeline = Join(board, "a", s_small);
        pipeline.Begin();
        pipeline.Abandon();
        _time.Advance(TimeSpan.FromSeconds(1));
        board.Tick(Reading(null, null));
        Assert.Null(pipeline.EnergyUse);
    }

    [Fact]
    public void What_a_rail_has_taught_holds_while_it_is_silent()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor[] pipelines = [Join(board, "a", s_small), Join(board, "b", s_large)];
        Run(board, 600, pipelines, load => RestWatts + 2 * load + 0.02 * Normal());
        Run(board, 1, pipelines, _ => null);
        Energy energy = pipelines[1].EnergyOfInference();
        Assert.InRange(energy.Millijoules, 114, 126);
        Assert.False(energy.IsEstimated);
        Assert.False(pipelines[1].EnergyUse!.IsEstimated);
    }

    [Fact]
    public void A_pipeline_that_rests_books_nothing()
    {
        BoardGovernor board = new(new BoardBudget(), _time);
        PipelineGovernor[] pipelines = [Join(board, "a", s_small)];
        Run(board, 60, pipelines, load => RestWatts + load);
        double before = pipelines[0].EnergyUse!.TotalJoules;
        for (int second = 0; second < 600; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            board.Tick(Reading(RestWatts + 0.1 * Normal(), null));
        }

        Assert.Equal(before, pipelines[0].EnergyUse!.TotalJoules);
    }

    private PipelineGovernor Join(BoardGovernor board, string name, PointProfile profile)
    {
        PipelineGovernor pipeline = new(name, new Frontier([profile]), new BudgetOptions(), _time);
        board.Join(pipeline);
        return pipeline;
    }

    // Ten inferences a second, of all pipelines in every other second, of the first alone in the others.
    private double[] Run(
        BoardGovernor board, int seconds, PipelineGovernor[] pipelines, Func<double, double?> watts, double? volts = null)
    {
        double[] taken = new double[pipelines.Length];
        for (int second = 0; second < seconds; second++)
        {
            double load = 0;
            for (int i = 0; i < (second % 2 == 0 ? pipelines.Length : 1); i++)
            {
                for (int sample = 0; sample < 10; sample++)
                {
                    PointForecast point = pipelines[i].Forecast()[0];
                    pipelines[i].Begin();
                    pipelines[i].Observe(
                        new Latency(default, default, point.Profile.Service, default, default), _time.GetUtcNow());
                    taken[i] += point.Profile.Joules;
                    load += point.Profile.Joules;
                }
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            board.Tick(Reading(watts(load), volts));
        }

        return taken;
    }

    private static BoardReading Reading(double? watts, double? volts) => new(null, null, watts)
    {
        PowerSource = watts is null ? null : PowerSource.Rails,
        CoreVolts = volts,
    };

    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
