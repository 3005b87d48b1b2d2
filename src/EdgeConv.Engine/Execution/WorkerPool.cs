namespace EdgeConv.Engine.Execution;

/// <summary>Work that can be cut into shares which run side by side.</summary>
public interface ISharedWork
{
    /// <summary>Does share <paramref name="share"/> of <paramref name="shares"/>.</summary>
    void RunShare(int share, int shares);
}

/// <summary>
/// Threads that each take one share of a piece of work; the caller takes share 0. Between two pieces a worker
/// spins for some microseconds, then sleeps until it is woken. One caller at a time.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    // A fork and join takes about a microsecond, in which one core does some 20,000 multiply-adds.
    private const long LeastMultiplyAddsPerShare = 100_000;

    private readonly Lock _caller = new();
    private readonly object _gate = new();
    private readonly Thread[] _workers;
    private ISharedWork? _work;
    private Exception? _problem;
    private int _round;
    private int _pending;
    private int _sleepers;
    private bool _isStopped;

    /// <summary>Starts <paramref name="threads"/> - 1 workers.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int share = i + 1;
            _workers[i] =
                new Thread(() => Loop(share)) { IsBackground = true, Name = $"edgeconv worker {share}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of shares work is cut into: the workers and the caller.</summary>
    public int Shares => _workers.Length + 1;

    /// <summary>Whether so many multiply-adds are done sooner in shares than by the caller alone.</summary>
    public static bool IsWorthAFork(long multiplyAdds, int shares) =>
        multiplyAdds >= LeastMultiplyAddsPerShare * shares;

    /// <summary>Runs all shares and returns when the last is done. Allocates nothing.</summary>
    public void Run(ISharedWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_caller)
        {
            Start(work);
            try
            {
                work.RunShare(0, Shares);
            }
            finally
            {
                WaitForWorkers();
            }

            if (Interlocked.Exchange(ref _problem, null) is { } problem)
                throw new InvalidOperationException($"a share failed: {problem.Message}", problem);
        }
    }

    /// <summary>Ends the workers.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isStopped, true);
            Monitor.PulseAll(_gate);
        }

        foreach (Thread worker in _workers)
            worker.Join();
    }

    // A worker counts itself asleep before it looks at the round a last time, the caller raises the round
    // before it looks for sleepers: one of them sees the other.
    private void Start(ISharedWork work)
    {
        _work = work;
        Volatile.Write(ref _pending, _workers.Length);
        Interlocked.Increment(ref _round);
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private void WaitForWorkers()
    {
        for (int spins = 0; Volatile.Read(ref _pending) != 0; spins++)
        {
            if (spins < SpinsBeforeSleep)
                Thread.SpinWait(1);
            else
                Thread.Yield();
        }
    }

    private void Loop(int share)
    {
        int seen = 0;
        while (WaitForRound(ref seen))
        {
            try
            {
                _work!.RunShare(share, Shares);
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                Volatile.Write(ref _problem, problem);
            }

            Interlocked.Decrement(ref _pending);
        }
    }

    private bool WaitForRound(ref int seen)
    {
        for (int spins = 0; spins < SpinsBeforeSleep && Volatile.Read(ref _round) == seen; spins++)
            Thread.SpinWait(1);
        if (Volatile.Read(ref _round) == seen)
            Sleep(seen);
        bool hasWork = Volatile.Read(ref _round) != seen;
        seen = Volatile.Read(ref _round);
        return hasWork && !Volatile.Read(ref _isStopped);
    }

    private void Sleep(int seen)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _round) == seen && !_isStopped)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleepers);
        }
    }
}
