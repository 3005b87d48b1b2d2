using System.Net;
using System.Net.Sockets;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary><c>edgeconv run --plan-only</c> says what would run and why, and starts nothing.</summary>
public sealed class PlanOnlyTest : IDisposable
{
    private const double IdleWatts = 3.5;
    private const string Pictures = "kind: raw, format: gray8, width: 28, height: 28, path: pictures.raw";
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-plan-").FullName;
    private readonly TcpListener _broker = new(IPAddress.Loopback, 0);

    public PlanOnlyTest() => _broker.Start();

    public void Dispose()
    {
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void With_room_in_all_budgets_the_most_accurate_model_is_chosen_and_no_broker_is_asked()
    {
        string[] lines = Plan("", "latency_ms: 1000", rateHertz: 5);
        Assert.Contains("fashion: p99 at most 1000 ms; 5 samples a second", lines);
        Row[] rows = RowsOf(lines);
        Assert.Equal(new Row(true, "fashion-l", "1x28x28x1", "held"), rows[0]);
        Assert.All(rows[1..], row => Assert.Equal((false, "held"), (row.IsChosen, row.Budgets)));
        Assert.Equal("  fashion-l: the most accurate that holds all budgets", lines[^1]);
        Assert.False(_broker.Pending());
    }

    [Fact]
    public void A_latency_that_no_model_holds_leaves_the_smallest()
    {
        string[] lines = Plan("", "latency_ms: 0.01", rateHertz: 5);
        Assert.All(RowsOf(lines), row => Assert.Equal("misses its latency", row.Budgets));
        Assert.Equal("fashion-s", Assert.Single(RowsOf(lines), row => row.IsChosen).Model);
        Assert.Equal("  fashion-s: no model holds all budgets, this is the smallest", lines[^1]);
    }

    [Fact]
    public void A_power_budget_without_a_measured_idle_power_is_said_to_be_unforeseen() => Assert.StartsWith(
        "board: power budget 5 W, which cannot be foreseen: nothing measures what the board takes idle; ",
        Plan("budget: { power_watts: 5 }", "rate_hz: 5", rateHertz: 5)[0], StringComparison.Ordinal);

    // As many samples as fashion-l could take in all of its time, at 0.75 W, or half of them, would take far more
    // than the 0.016 W that the budget leaves.
    [Fact]
    public void Of_a_measured_idle_power_what_is_left_chooses_the_model()
    {
        WriteRail();
        string[] lines = Plan("budget: { power_watts: 3.57 }", "dwell_s: 5", rateHertz: 2000);
        Assert.StartsWith("board: power budget 3.57 W, 3.50 W now without the pipelines; ", lines[0],
            StringComparison.Ordinal);
        Assert.Equal("misses the board's", RowsOf(lines)[0].Budgets);
        Assert.False(RowsOf(lines)[0].IsChosen);
        lines = Plan("budget: { power_watts: 100 }", "dwell_s: 5", rateHertz: 2000);
        Assert.True(RowsOf(lines)[0].IsChosen);
    }

    [Fact]
    public void The_table_tells_the_accuracy_of_each_model() => Assert.Contains(
        Plan("", "latency_ms: 1000", rateHertz: 5), line => line.Contains(" 1x28x28x1            1   0.9321 ", StringComparison.Ordinal));

    [Fact]
    public void What_the_board_takes_alone_may_exceed_the_budget()
    {
        WriteRail();
        string[] lines = Plan("budget: { power_watts: 3 }", "dwell_s: 5", rateHertz: 5);
        Assert.All(RowsOf(lines), row => Assert.Equal("misses the board's", row.Budgets));
        Assert.EndsWith(
            "no model holds all budgets, this is the smallest", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_not_there_ends_in_one_line()
    {
        string config = WriteConfig("", "dwell_s: 5", 5, "missing.onnx");
        Assert.StartsWith($"edgeconv: {_folder}/missing.onnx: ",
            CommandRun.Refusal("run", "--plan-only", "--config", config), StringComparison.Ordinal);
    }

    private string[] Plan(string board, string pipeline, double rateHertz)
    {
        string config = WriteConfig(board, pipeline, rateHertz);
        (int status, string output, string errors) = CommandRun.Shell(
            $"export EDGECONV_SYSROOT={_folder}", ["run", "--config", config, "--plan-only"]);
        Assert.True(status == 0, output + errors);
        return output.TrimEnd().Split('\n');
    }

    private string WriteConfig(string board, string pipeline, double rateHertz, string? last = null)
    {
        string fashion = Repository.PathOf("deploy", "models", "fashion");
        string[] models = ["fashion-l", "fashion-m", "fashion-s"];
        string members = string.Join(", ", models.Select(model => $"{{ path: {fashion}/{model}.onnx }}"));
        if (last is not null)
            members += $", {{ path: {last} }}";
        string config = Path.Combine(_folder, "c.yaml");
        File.WriteAllText(config, FormattableString.Invariant($$"""
            mqtt: { host: 127.0.0.1, port: {{((IPEndPoint)_broker.LocalEndpoint).Port}} }
            {{board}}
            pipelines:
              - name: fashion
                source: { {{Pictures}}, rate_hz: {{rateHertz}} }
                models: [{{members}}]
                decode: { labels: [a, b, c, d, e, f, g, h, i, j] }
                budget: { {{pipeline}} }
            """));
        return config;
    }

    private void WriteRail()
    {
        string chip = Path.Combine(_folder, "sys", "class", "hwmon", "hwmon0");
        Directory.CreateDirectory(chip);
        File.WriteAllText(Path.Combine(chip, "name"), "ina226\n");
        File.WriteAllText(
            Path.Combine(chip, "power1_input"), FormattableString.Invariant($"{IdleWatts * 1e6:0}\n"));
    }

    // On a busy machine one that was measured slower than a more accurate one is left out: two remain.
    private static Row[] RowsOf(string[] lines)
    {
        Row[] rows =
        [
            .. lines.Where(line => line.Length > 4 && line[4..].StartsWith("fashion-", StringComparison.Ordinal)
                && !line.Contains("left out", StringComparison.Ordinal)).Select(RowOf),
        ];
        Assert.InRange(rows.Length, 2, 3);
        return rows;
    }

    private static Row RowOf(string line)
    {
        string[] words = line[4..].Split(' ', 10, StringSplitOptions.RemoveEmptyEntries);
        return new Row(line[2] == '>', words[0], words[1], words[9].Trim());
    }

    private sealed record Row(bool IsChosen, string Model, string Input, string Budgets);
}
