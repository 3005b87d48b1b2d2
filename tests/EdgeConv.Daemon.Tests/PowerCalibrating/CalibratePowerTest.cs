using EdgeConv.Core;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Pipeline.Accounting;
using Xunit;

namespace EdgeConv.Daemon.Tests.PowerCalibrating;

public sealed class CalibratePowerTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-power").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_typed_becomes_the_power_of_each_load()
    {
        using StringReader typed = new("3.00\n4.0\n4.5\n 4.2 \n6\n7.25\n6.1\n3.02\n");
        using StringWriter shown = new();
        List<string> names = [];
        List<LoadPower> loads = PowerLoads.Measure(
            2, new MeterReader(typed, shown), (name, _) => names.Add(name));
        Assert.Equal([3, 4, 4.5, 4.2, 6, 7.25, 6.1, 3.02], loads.Select(load => load.Watts));
        Assert.Equal(
            ["at rest", "1 busy", "1 multiplying", "1 reading memory", "2 busy", "2 multiplying", "2 reading memory",
                "at rest"],
            names);
        Assert.StartsWith("at rest: what does the meter show, in W? ", shown.ToString(), StringComparison.Ordinal);
        // A hundredth of the reading, and the last digit rounded.
        Assert.Equal(Math.Sqrt(0.06 * 0.06 + 1.0 / 12), loads[4].Error, 9);
        Assert.Equal(Math.Sqrt(0.0725 * 0.0725 + 1e-4 / 12), loads[5].Error, 9);
    }

    [Fact]
    public void Each_load_does_what_it_says_and_stops()
    {
        foreach (LoadKind kind in Enum.GetValues<LoadKind>())
        {
            using KnownLoad load = new(kind, 1);
            // On a machine that does much else a first round may take a while.
            bool IsWorking(LoadRate now) => now is { MacsPerSecond: > 0 } or { BytesPerSecond: > 0 };
            bool isCounted = kind is LoadKind.Multiply or LoadKind.Memory;
            SpinWait.SpinUntil(() => IsWorking(load.Rate()), TimeSpan.FromSeconds(isCounted ? 30 : 0.2));
            LoadRate rate = load.Rate();
            Assert.Equal(kind == LoadKind.Multiply, rate.MacsPerSecond > 0);
            Assert.Equal(kind == LoadKind.Memory, rate.BytesPerSecond > 0);
            Assert.True(kind == LoadKind.Rest || rate.Cores > 0);
        }
    }

    [Fact]
    public void A_counter_that_tells_a_power_from_its_second_reading_on_is_a_rail()
    {
        RailReader reader = new(new CountingBoard(), TimeProvider.System, TimeSpan.FromMilliseconds(50));
        Assert.Equal(7, reader.Read("at rest").Watts);
        Assert.Equal("rapl", reader.Source);
    }

    [Fact]
    public void A_folder_that_cannot_keep_the_result_is_named_before_anything_is_measured()
    {
        string file = Path.Combine(_folder, "file");
        System.IO.File.WriteAllText(file, "");
        Assert.StartsWith($"{file}/plans: cannot be written: ", Assert.Throws<DataError>(
            () => EnergyModelFile.RequireWritable($"{file}/plans")).Message, StringComparison.Ordinal);
        EnergyModelFile.RequireWritable(_folder);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void What_is_no_power_is_asked_for_again_three_times_at_most()
    {
        using StringReader once = new("many\n4.5\n");
        using StringWriter shown = new();
        Assert.Equal(4.5, new MeterReader(once, shown).Read("1 busy").Watts);
        Assert.Contains("'many' is no power; a number of W like 3.42 would be right\n", shown.ToString(), StringComparison.Ordinal);
        foreach (string typed in new[] { "", "a\n-1\n0\n", "3,4\n1e3\nNaN\n" })
        {
            using StringReader wrong = new(typed);
            DataError error = Assert.Throws<DataError>(() => new MeterReader(wrong, TextWriter.Null).Read("1 busy"));
            Assert.Equal("calibration: there was no reading for '1 busy'; nothing is kept", error.Message);
        }
    }

    [Fact]
    public void What_was_kept_is_read_again()
    {
        EnergyModel model = EnergyModel.Uncalibrated with { JoulesPerMac = 2e-11, RestWatts = 2.75, Volts = 0.88 };
        File(model).Write(_folder);
        List<string> notices = [];
        EnergyModel read = EnergyModelFile.Read(_folder, notices.Add)!;
        Assert.Equal(model.Covariance, read.Covariance);
        Assert.Equal(model with { Covariance = read.Covariance }, read);
        Assert.Empty(notices);
    }

    [Theory]
    [InlineData("\"core_watts\": 0.75", "\"core_watts\": -1", "holds numbers that cannot be")]
    [InlineData("\"core_watts\": 0.75", "\"core_watts\": \"x\"", "cannot be read")]
    [InlineData("ecpower 1", "ecpower 9", "is of the format 'ecpower 9', not 'ecpower 1'")]
    [InlineData("\"source\"", "\"saurce\"", "cannot be read")]
    [InlineData("\"machine\": \"", "\"machine\": \"no ", "is of another machine (no ")]
    public void What_is_of_no_use_is_named_and_left_out(string part, string instead, string problem)
    {
        File(EnergyModel.Uncalibrated).Write(_folder);
        string path = EnergyModelFile.PathIn(_folder);
        string text = System.IO.File.ReadAllText(path);
        Assert.Contains(part, text, StringComparison.Ordinal);
        System.IO.File.WriteAllText(path, text.Replace(part, instead, StringComparison.Ordinal));
        List<string> notices = [];
        Assert.Null(EnergyModelFile.Read(_folder, notices.Add));
        Assert.StartsWith($"{path}: {problem}", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_file_nothing_is_said() =>
        Assert.Null(EnergyModelFile.Read(_folder, notice => Assert.Fail(notice)));

    [Fact]
    public void A_folder_is_asked_for() => Assert.Equal(
        "edgeconv: --plan-cache: names no folder to keep the result in; nor does a plan_cache of --config",
        CommandRun.Refusal("calibrate-power", "--meter"));

    /// <summary>As the energy counters of x86 processors.</summary>
    private sealed class CountingBoard : IBoard
    {
        private int _readings;

        public BoardReading Read() => _readings++ == 0
            ? default
            : new BoardReading(null, null, 7) { PowerSource = PowerSource.Rapl };
    }

    private static EnergyModelFile File(EnergyModel model) => new()
    {
        Machine = EnergyModelFile.ThisMachine,
        Source = "meter",
        MeasuredAt = DateTimeOffset.UnixEpoch,
        Model = model,
    };
}
