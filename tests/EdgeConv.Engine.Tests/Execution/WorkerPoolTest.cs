using EdgeConv.Engine.Execution;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public class WorkerPoolTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_share_runs_exactly_once_in_every_round(int threads)
    {
        using WorkerPool pool = new(threads);
        Counter work = new(threads);
        for (int round = 1; round <= 2000; round++)
        {
            pool.Run(work);
            Assert.All(work.Runs, runs => Assert.Equal(round, runs));
        }
    }

    [Fact]
    public void Workers_that_sleep_are_woken()
    {
        using WorkerPool pool = new(3);
        Counter work = new(3);
        for (int round = 1; round <= 5; round++)
        {
            // Long enough for the workers to stop spinning; nothing waits for it.
            Thread.Sleep(20);
            pool.Run(work);
            Assert.All(work.Runs, runs => Assert.Equal(round, runs));
        }
    }

    [Fact]
    public void A_share_that_fails_fails_the_run_and_not_the_pool()
    {
        using WorkerPool pool = new(2);
        Assert.Throws<InvalidOperationException>(() => pool.Run(new Failing()));
        Counter work = new(2);
        pool.Run(work);
        Assert.Equal([1, 1], work.Runs);
    }

    [Fact]
    public void Neither_caller_nor_workers_allocate()
    {
        using WorkerPool pool = new(2);
        AllocationMeter meter = new();
        for (int round = 0; round < 1000; round++)
            pool.Run(meter);
        Assert.Equal([0L, 0], meter.Least);
    }

    /// <summary>
    /// The least bytes that the thread of each share allocated in a hundred rounds, see
    /// <see cref="Allocation"/>.
    /// </summary>
    private sealed class AllocationMeter : ISharedWork
    {
        private const int Rounds = 100;
        private readonly int[] _rounds = new int[2];
        private readonly long[] _before = new long[2];

        public long[] Least { get; } = [long.MaxValue, long.MaxValue];

        public void RunShare(int share, int shares)
        {
            if (_rounds[share]++ % Rounds != 0)
                return;
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (_rounds[share] > Rounds)
                Least[share] = Math.Min(Least[share], now - _before[share]);
            _before[share] = now;
        }
    }

    private sealed class Counter(int shares) : ISharedWork
    {
        public int[] Runs { get; } = new int[shares];

        public void RunShare(int share, int shares)
        {
            Assert.Equal(Runs.Length, shares);
            Runs[share]++;
        }
    }

    private sealed class Failing : ISharedWork
    {
        public void RunShare(int share, int shares)
        {
            if (share == 1)
                throw new ArithmeticException("share 1");
        }
    }
}
