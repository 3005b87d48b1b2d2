using EdgeConv.Pipeline.Governing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class PatienceTest
{
    private static readonly Frontier s_frontier = new(
    [
        new(0, "large", 1, 0.93, TimeSpan.FromMilliseconds(20), 0.04),
        new(1, "small", 1, 0.9, TimeSpan.FromMilliseconds(4), 0.008),
    ]);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_point_that_failed_is_left_alone_for_two_minutes()
    {
        Patience patience = new(s_frontier, _time);
        patience.Fail(0, TimeSpan.FromHours(1), new MachineState(1, null));
        Assert.False(patience.Allows(0, new MachineState(1, null)));
        Assert.True(patience.Allows(1, new MachineState(1, null)));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(patience.Allows(0, new MachineState(1, null)));
    }

    [Theory]
    [InlineData(1, null, false)]
    [InlineData(1, 1.2, false)]
    [InlineData(1, 0.9, true)]
    public void It_is_tried_again_on_a_machine_that_is_clearly_freer(
        double slowdown, double? otherCores, bool isAllowed)
    {
        Patience patience = new(s_frontier, _time);
        // What others have is told a second after it is felt.
        patience.Fail(0, TimeSpan.FromHours(1), new MachineState(1, 0));
        patience.Note(2);
        patience.Note(otherCores);
        Assert.Equal(isAllowed, patience.Allows(0, new MachineState(slowdown, otherCores)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.1)]
    public void Where_no_other_was_at_work_a_clearly_faster_machine_is_tried_at_once(double? otherCores)
    {
        Patience patience = new(s_frontier, _time);
        patience.Fail(0, TimeSpan.FromHours(1), new MachineState(1, otherCores));
        Assert.False(patience.Allows(0, new MachineState(0.81, otherCores)));
        Assert.True(patience.Allows(0, new MachineState(0.79, otherCores)));
    }

    [Fact]
    public void A_small_model_that_runs_fast_beside_others_tells_nothing()
    {
        Patience patience = new(s_frontier, _time);
        patience.Fail(0, TimeSpan.FromHours(1), new MachineState(6, 2));
        Assert.False(patience.Allows(0, new MachineState(1, 2)));
        Assert.True(patience.Allows(0, new MachineState(1, 0.1)));
    }

    [Fact]
    public void Others_that_never_had_much_have_nothing_to_give_back()
    {
        Patience patience = new(s_frontier, _time);
        patience.Fail(0, TimeSpan.FromHours(1), new MachineState(1, 0.4));
        Assert.False(patience.Allows(0, new MachineState(1, 0)));
    }

    [Fact]
    public void Who_comes_and_goes_a_third_time_is_waited_out()
    {
        Patience patience = new(s_frontier, _time);
        bool[] allowed = new bool[3];
        for (int time = 0; time < 3; time++)
        {
            patience.Fail(0, TimeSpan.FromSeconds(20), new MachineState(1, 2));
            _time.Advance(TimeSpan.FromSeconds(10));
            allowed[time] = patience.Allows(0, new MachineState(1, 0));
        }

        Assert.Equal([true, true, false], allowed);
    }
}
