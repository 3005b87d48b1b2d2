using System.Diagnostics;
using EdgeConv.Daemon.Benchmarking;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class MeasuringTest
{
    [Fact]
    public void The_peak_of_the_machine_is_a_positive_number() =>
        Assert.InRange(PeakMeter.MeasureGflops(), 0.01, 10_000);

    [Fact]
    public void Blocks_are_gathered_into_medians_and_a_mean_allocation()
    {
        BackendTimes times = new();
        for (int i = 0; i < 6; i++)
            times.Add(new WorkerLine.Times(30, 100 + i, 200, [1_000_000, 2_000_000, 3_000_000]));
        BackendFigures figures = times.Summarise(new WorkerLine.Ready("edgeconv", 1, 2, "m"));
        Assert.True(times.IsStable);
        Assert.Equal((18, 2.0, 3.0, 0.0), (figures.Runs, figures.Median, figures.P99, figures.Uncertainty));
        Assert.Equal(new MemoryFigures(105, 200, 10), figures.Memory);
        times.Add(new WorkerLine.Times(3_000_000, 0, 0, [2_000_000]));
        Assert.Equal(10, times.Summarise(figures.Ready).Memory.AllocatedPerRun);
    }

    [Fact]
    public void The_mean_of_ratios_is_geometric_and_leaves_out_what_was_not_measured()
    {
        RatioMean mean = new();
        Assert.Null(mean.Value);
        foreach (double? ratio in new double?[] { 0.5, null, 8 })
            mean.Add(ratio);
        Assert.Equal(2, mean.Value!.Value, 12);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.51, 3)]
    [InlineData(0.99, 4)]
    [InlineData(1, 4)]
    public void A_quantile_is_the_least_value_that_so_many_do_not_exceed(double quantile, double expected) =>
        Assert.Equal(expected, Quantiles.Of([1, 2, 3, 4], quantile));

    [Fact]
    public void A_paused_process_stands_still_and_goes_on_when_resumed()
    {
        using Process process = Start("cat", "/dev/zero");
        try
        {
            NativeProcess.Pause(process.Id);
            Assert.Equal('T', StateOf(process.Id));
            NativeProcess.Resume(process.Id);
            char[] read = new char[1 << 20];
            Assert.Equal(read.Length, process.StandardOutput.ReadBlock(read));
            NativeProcess.Pause(process.Id);
            Assert.Equal('T', StateOf(process.Id));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    [Fact]
    public void Pausing_a_process_that_has_ended_returns()
    {
        using Process process = Start("true");
        process.WaitForExit();
        NativeProcess.Pause(process.Id);
        Assert.Equal(0, process.ExitCode);
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private static char StateOf(int process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }
}
