using EdgeConv.Plants;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

/// <summary>What the governors reach on simulated plants; the same figures as <c>./build.sh bench governor</c>.</summary>
public sealed class PlantTest(PlantScores plants) : IClassFixture<PlantScores>
{
    private IReadOnlyList<Score> Scores => plants.Scores;

    [Fact]
    public void There_are_scenarios_enough() => Assert.True(Scenario.All.Count >= 40);

    [Fact]
    public void The_latency_is_held_where_it_can_be()
    {
        double held = (double)Scores.Sum(s => s.HeldWindows) / Scores.Sum(s => s.Windows);
        Assert.True(held >= 0.995, $"{held:P2} of the windows");
    }

    [Fact]
    public void After_a_step_it_is_held_again_within_two_seconds() =>
        Assert.All(Scores, s => Assert.True(s.RecoverySeconds <= 2, $"{s.Scenario}/{s.Seed}: {s.RecoverySeconds:0.00} s"));

    // A thermometer that stops before the board is warm lets nobody learn how warm it gets.
    [Fact]
    public void The_temperature_is_held_within_a_degree() => Assert.All(Scores, s =>
    {
        double most = s.Scenario == "heat-thermometer-stuck-cold" ? 2 : 1;
        Assert.True(s.ExcessCelsius <= most, $"{s.Scenario}/{s.Seed}: {s.ExcessCelsius:0.00} °C");
    });

    // Where the rest of the board's power jumps, a rail read five times a second tells it too late in some runs.
    [Fact]
    public void The_power_is_held_within_five_per_cent_but_for_a_few_jumps()
    {
        Assert.All(Scores, s => Assert.True(s.ExcessPower <= 0.1, $"{s.Scenario}/{s.Seed}: {s.ExcessPower:P1}"));
        int exceeded = Scores.Count(s => s.ExcessPower > 0.05);
        Assert.True(exceeded <= Scores.Count / 25, $"{exceeded} of {Scores.Count} runs");
    }

    [Fact]
    public void Hardly_ever_is_anything_paused_that_could_run()
    {
        double paused = Scores.Sum(s => s.NeedlessPauseSeconds) / Scores.Sum(s => s.Seconds);
        Assert.True(paused <= 0.01, $"{paused:P2} of the time");
    }

    [Fact]
    public void Little_accuracy_is_given_away()
    {
        double givenAway = Scores.Average(s => s.AccuracyGivenAway);
        Assert.True(givenAway <= 0.05, $"{givenAway:P2} of the range");
    }

    [Fact]
    public void In_steady_conditions_it_rests()
    {
        double perHour = Scores.Sum(s => s.SteadySwitchesPerHour * s.SteadySeconds) / Scores.Sum(s => s.SteadySeconds);
        Assert.True(perHour <= 4, $"{perHour:0.0} switches an hour");
    }
}

/// <summary>Every scenario with three seeds, run once for all claims.</summary>
public sealed class PlantScores
{
    private const int Seeds = 3;

    public IReadOnlyList<Score> Scores { get; } =
    [
        .. Scenario.All.SelectMany(s => Enumerable.Range(1, Seeds).Select(seed => (Scenario: s, Seed: seed)))
            .AsParallel().AsOrdered().Select(run => Simulation.Run(run.Scenario, run.Seed)),
    ];
}
