using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Architecture;

/// <summary>The unit's hardening, as systemd itself scores it (0 is best, 10 is worst).</summary>
public sealed partial class SystemdUnitTest
{
    private const double WorstExposure = 1.6;

    public static bool HasSystemdAnalyze { get; } = File.Exists("/usr/bin/systemd-analyze");

    [Fact(Skip = "systemd-analyze is not installed", SkipUnless = nameof(HasSystemdAnalyze))]
    public void The_unit_is_not_exposed()
    {
        string output = Run("systemd-analyze", "security", "--offline=true", "--no-pager",
            Repository.PathOf("systemd", "edgeconv.service"));
        Match score = Exposure().Match(output);
        Assert.True(score.Success, output);
        Assert.InRange(double.Parse(score.Groups[1].Value, CultureInfo.InvariantCulture), 0, WorstExposure);
    }

    [Fact(Skip = "systemd-analyze is not installed", SkipUnless = nameof(HasSystemdAnalyze))]
    public void Systemd_has_nothing_to_say_against_the_unit()
    {
        string folder = Directory.CreateTempSubdirectory("edgeconv-unit-").FullName;
        string unit = Path.Combine(folder, "edgeconv.service");
        // The program is not installed where tests run, nor everywhere kill.
        File.WriteAllText(unit, File.ReadAllText(Repository.PathOf("systemd", "edgeconv.service"))
            .Replace("=/usr/bin/edgeconv ", "=/bin/true ", StringComparison.Ordinal)
            .Replace("=/bin/kill ", "=/bin/true ", StringComparison.Ordinal));
        string said = Run("systemd-analyze", "verify", unit);
        Directory.Delete(folder, recursive: true);
        Assert.Equal("", said);
    }

    [Fact]
    public void The_unit_notifies_is_watched_and_reloads()
    {
        string unit = File.ReadAllText(Repository.PathOf("systemd", "edgeconv.service"));
        Assert.Contains("\nType=notify\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nWatchdogSec=", unit, StringComparison.Ordinal);
        Assert.Contains("\nExecReload=/bin/kill -HUP $MAINPID\n", unit, StringComparison.Ordinal);
    }

    /// <summary>Kinds of devices are looked up when the unit starts; these are known by a module only.</summary>
    [Theory]
    [InlineData("char-video4linux", "videodev")]
    [InlineData("char-i2c", "i2c_dev")]
    [InlineData("char-iio", "industrialio")]
    [InlineData("char-spi", "spidev")]
    public void The_driver_of_an_allowed_kind_of_devices_is_loaded_before_the_unit(string kind, string module)
    {
        string unit = File.ReadAllText(Repository.PathOf("systemd", "edgeconv.service"));
        Assert.Contains($"\nDeviceAllow={kind} rw\n", unit, StringComparison.Ordinal);
        Assert.Matches($@"\nWants=.*\bmodprobe@{module}\.service\b", unit);
        Assert.Matches($@"\nAfter=.*\bmodprobe@{module}\.service\b", unit);
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }

    [GeneratedRegex(@"Overall exposure level[^:]*: ([0-9.]+)")]
    private static partial Regex Exposure();
}
