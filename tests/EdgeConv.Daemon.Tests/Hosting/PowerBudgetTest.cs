using EdgeConv.Core;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>A power budget needs something that measures power, and says so where nothing does.</summary>
public sealed class PowerBudgetTest : IDisposable
{
    private const string Minimal =
        "pipelines: [{ name: a, source: { kind: wav, path: w }, models: [{ path: m }] }]";
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-power-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_a_rail_it_names_the_key_and_where_to_look()
    {
        DaemonOptions options = ConfigReaderTest.Read($"budget: {{ power_watts: 5 }}\n{Minimal}");
        ConfigError? problem = await PowerBudget.ProblemAsync(options, new FakeBoard(), null);
        Assert.Equal(
            "/conf/c.yaml: budget.power_watts: power cannot be held because nothing measures it; "
                + "'edgeconv devices' shows what this machine has, 'edgeconv calibrate-power' teaches it",
            problem?.Message);
    }

    [Fact]
    public async Task A_counter_that_tells_a_power_from_its_second_reading_on_is_enough()
    {
        DaemonOptions options = ConfigReaderTest.Read($"budget: {{ power_watts: 5 }}\n{Minimal}");
        Assert.Null(await PowerBudget.ProblemAsync(options, new CountingBoard(), null));
    }

    [Fact]
    public async Task A_calibrated_board_needs_no_rail()
    {
        DaemonOptions options = ConfigReaderTest.Read($"budget: {{ power_watts: 5 }}\n{Minimal}");
        EnergyModel calibrated = EnergyModel.Uncalibrated with { RestWatts = 3 };
        Assert.Null(await PowerBudget.ProblemAsync(options, new FakeBoard(), calibrated));
    }

    [Theory]
    [InlineData("")]
    [InlineData("budget: { temperature_celsius: 60 }\n")]
    public async Task Without_a_power_budget_no_rail_is_needed(string budget) =>
        Assert.Null(await PowerBudget.ProblemAsync(ConfigReaderTest.Read(budget + Minimal), new FakeBoard(), null));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_check_fails_in_one_line_where_the_board_has_no_rail(bool hasRail)
    {
        string board = Path.Combine(_folder, "board");
        string chip = Path.Combine(board, "sys", "class", "hwmon", "hwmon0");
        Directory.CreateDirectory(hasRail ? chip : board);
        if (hasRail)
        {
            File.WriteAllText(Path.Combine(chip, "name"), "ina226\n");
            File.WriteAllText(Path.Combine(chip, "power1_input"), "3500000\n");
        }

        CommandRun.WriteSeries(Path.Combine(_folder, "series.csv"), 1000, seed: 1);
        string config = Path.Combine(_folder, "c.yaml");
        File.WriteAllText(config, $$"""
            budget: { power_watts: 5 }
            pipelines:
              - name: a
                source: { kind: csv, path: series.csv, rate_hz: 360 }
                models: [{ path: {{CommandRun.Heart}} }]
            """);
        (int status, string output, string errors) =
            CommandRun.Shell($"export EDGECONV_SYSROOT={board}", ["check", config]);
        if (hasRail)
            Assert.Equal((0, ""), (status, errors));
        else
            Assert.Equal((1, $"edgeconv: {config}: budget.power_watts: power cannot be held"),
                (status, Assert.Single(errors.TrimEnd().Split('\n')).Split(" because")[0]));
        Assert.Equal(hasRail, output.Contains("all is well", StringComparison.Ordinal));
    }

    /// <summary>As the energy counters of x86 processors.</summary>
    private sealed class CountingBoard : IBoard
    {
        private int _readings;

        public BoardReading Read() => new(null, null, _readings++ == 0 ? null : 7);
    }
}
