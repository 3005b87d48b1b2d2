using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Accounting;

public sealed class EnergyProbeTest
{
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_span = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void The_energy_of_a_run_is_the_power_above_idle_times_its_time()
    {
        Board board = new(idle: [3.0], busy: [5.0]);
        EnergyProbe probe = new(board, TimeProvider.System, s_settling, s_span);
        Assert.True(probe.MeasureIdle());
        Stopwatch worked = new();
        int runs = 0;
        PointCost? cost = probe.CostOf(() =>
        {
            board.IsBusy = true;
            worked.Start();
            Thread.Sleep(10);
            worked.Stop();
            runs++;
        });
        double expected = 2.0 * worked.Elapsed.TotalSeconds / runs;
        Assert.InRange(cost!.Value.Joules / expected, 1, 1.1);
    }

    [Fact]
    public void What_is_lost_in_the_noise_is_not_told()
    {
        Board board = new(idle: [2, 4], busy: [4, 2]);
        EnergyProbe probe = new(board, TimeProvider.System, s_settling, s_span);
        Assert.True(probe.MeasureIdle());
        Assert.Null(probe.CostOf(() =>
        {
            board.IsBusy = true;
            Thread.Sleep(5);
        }));
    }

    [Fact]
    public void A_board_without_a_rail_tells_nothing_and_runs_nothing()
    {
        EnergyProbe probe = new(new Board([null], [null]), TimeProvider.System, TimeSpan.Zero, s_span);
        Assert.False(probe.MeasureIdle());
        Assert.Null(probe.CostOf(() => Assert.Fail("there is nothing to run for")));
    }

    /// <summary>Draws the given powers in turns.</summary>
    private sealed class Board(double?[] idle, double?[] busy) : IBoard
    {
        private int _readings;

        public bool IsBusy { get; set; }

        public BoardReading Read()
        {
            double?[] watts = IsBusy ? busy : idle;
            return new BoardReading(null, null, watts[_readings++ % watts.Length]);
        }
    }
}
