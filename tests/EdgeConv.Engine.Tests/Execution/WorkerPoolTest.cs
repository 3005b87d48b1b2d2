using System.Collections.Concurrent;
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
        for (int round = 1; round <= 5; round++)
        {
            // Long enough for the workers to stop spinning; nothing waits for it.
            Thread.Sleep(20);
            pool.Run(new Meeting(3));
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
    public void The_caller_leaves_a_failed_run_when_no_share_runs_any_more()
    {
        using WorkerPool pool = new(2);
        ShortOfMemory work = new();
        Assert.Throws<InvalidOperationException>(() => pool.Run(work));
        Assert.Equal(2, work.Ended);
    }

    [Fact]
    public void Neither_caller_nor_workers_allocate()
    {
        using WorkerPool pool = new(2);
        AllocationMeter meter = new();
        for (int round = 0; round < 2000; round++)
            pool.Run(meter);
        Assert.All(meter.Least.Values, least => Assert.Equal(0, least));
        Assert.NotEmpty(meter.Least);
    }

    /// <summary>
    /// The least bytes that each thread allocated between two of a hundred shares, see <see cref="Allocation"/>.
    /// </summary>
    private sealed class AllocationMeter : ISharedWork
    {
        private const int Shares = 100;

        [ThreadStatic]
        private static int _count;

        [ThreadStatic]
        private static long _before;

        public ConcurrentDictionary<Thread, long> Least { get; } = new();

        public void RunShare(int share, int shares)
        {
            if (++_count % Shares == 0)
                Note(GC.GetAllocatedBytesForCurrentThread() - _before);
        }

        // Apart from RunShare, which would allocate the closure.
        private void Note(long bytes)
        {
            if (_count > Shares)
                Least.AddOrUpdate(Thread.CurrentThread, bytes, (_, least) => Math.Min(least, bytes));
            _before = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    /// <summary>Shares that end when all of them have begun.</summary>
    private sealed class Meeting(int count) : ISharedWork
    {
        private readonly int _shares = count;
        private int _begun;

        public void RunShare(int share, int shares)
        {
            Interlocked.Increment(ref _begun);
            bool haveMet = SpinWait.SpinUntil(
                () => Volatile.Read(ref _begun) == _shares, TimeSpan.FromSeconds(60));
            Assert.True(haveMet, "a worker was not woken");
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

    /// <summary>The caller has no memory while the worker is at its share.</summary>
    private sealed class ShortOfMemory : ISharedWork
    {
        private readonly Meeting _meeting = new(2);
        private readonly Thread _caller = Thread.CurrentThread;
        private int _ended;

        public int Ended => Volatile.Read(ref _ended);

        public void RunShare(int share, int shares)
        {
            _meeting.RunShare(share, shares);
            bool isCaller = Thread.CurrentThread == _caller;
            if (!isCaller)
            {
                // Longer than it takes the caller to fail.
                Thread.Sleep(50);
            }

            Interlocked.Increment(ref _ended);
            if (isCaller)
                throw new InsufficientMemoryException();
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
