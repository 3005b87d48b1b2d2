using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class AllocationTest
{
    private object? _kept;
    private int _runs;

    [Fact]
    public void Code_that_allocates_in_every_run_is_found() =>
        Assert.InRange(Allocation.Least(() => _kept = new byte[100], runs: 3), 300, 600);

    [Fact]
    public void What_is_allocated_once_in_a_while_does_not_count()
    {
        Assert.Equal(0, Allocation.Least(() =>
        {
            if (_runs++ < 3)
                _kept = new byte[100];
        }));
        Assert.NotNull(_kept);
    }
}
