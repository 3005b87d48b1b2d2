namespace EdgeConv.Engine.Execution;

/// <summary>Work that can be cut into shares which run side by side.</summary>
public interface ISharedWork
{
    /// <summary>Does share <paramref name="share"/> of <paramref name="shares"/>.</summary>
    void RunShare(int share, int shares);
}

/// <summary>
/// Threads that take shares of a piece of work side by side with the caller. Shares are claimed one by one: a
/// worker that the system does not run claims none, and the caller does without it. Between two pieces a worker
/// spins for some microseconds, then sleeps until it is woken. Workers stay on the processor's faster cores. One
/// caller at a time.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    // Waking a thread costs some microseconds: when several pieces in a row saw no help, the next ones do
    // without.
    private const int PiecesBeforeRest = 4;
    private const int PiecesOfRest = 32;

    // Measured: a fork and join takes 0.1 to 0.4 µs, and a step that one core does alone also waits for what
    // the other core has in its cache. Below these work is done sooner by one core.
    private const long LeastMultiplyAddsPerShare = 10_000;
    private const long LeastElementsPerShare = 4096;

    private readonly Lock _caller = new();
    private readonly object _gate = new();
    private readonly Thread[] _workers;
    private ISharedWork? _work;
    private Exception? _problem;

    // The piece of work in the upper half, its first unclaimed share in the lower.
    private long _state;
    private int _finished;
    private int _helped;
    private int _sleepers;
    private int _unhelpedPieces;
    private bool _isStopped;

    /// <summary>Starts <paramref name="threads"/> - 1 workers.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _workers = new Thread[threads - 1];
        _state = threads;
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Loop) { IsBackground = true, Name = $"edgeconv worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of shares work is cut into: the workers and the caller.</summary>
    public int Shares => _workers.Length + 1;

    /// <summary>Whether so many multiply-adds are done sooner in shares than by the caller alone.</summary>
    public static bool IsWorthAFork(long multiplyAdds, int shares) =>
        multiplyAdds >= LeastMultiplyAddsPerShare * shares;

    /// <summary>Whether a pass over so many floats is done sooner in shares than by the caller alone.</summary>
    public static bool IsWorthAForkOver(long elements, int shares) => elements >= LeastElementsPerShare * shares;

    /// <summary>Runs all shares and returns when the last is done. Allocates nothing.</summary>
    public void Run(ISharedWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_caller)
        {
            Start(work);
            for (int share = Claim(); share >= 0; share = Claim())
                RunShare(share);
            WaitForWorkers();
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

    // A worker counts itself asleep before it looks at the state a last time, the caller changes the state
    // before it looks for sleepers: one of them sees the other.
    private void Start(ISharedWork work)
    {
        _unhelpedPieces = _helped != 0 ? 0 : _unhelpedPieces + 1;
        _work = work;
        _helped = 0;
        Volatile.Write(ref _finished, 0);
        long piece = _state >> 32;
        Interlocked.Exchange(ref _state, (piece + 1) << 32);
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        if (_unhelpedPieces > PiecesBeforeRest && _unhelpedPieces % PiecesOfRest != 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    // A share of the piece of work at hand, or -1. Whoever has claimed one keeps the caller waiting, so that the
    // work stays what it is.
    private int Claim()
    {
        while (true)
        {
            long state = Volatile.Read(ref _state);
            int share = (int)state;
            if (share >= Shares)
                return -1;
            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state)
                return share;
        }
    }

    private void RunShare(int share)
    {
        try
        {
            _work!.RunShare(share, Shares);
        }
        catch (Exception problem)
        {
            Volatile.Write(ref _problem, problem);
        }
        finally
        {
            Interlocked.Increment(ref _finished);
        }
    }

    private void WaitForWorkers()
    {
        for (int spins = 0; Volatile.Read(ref _finished) != Shares; spins++)
        {
            if (spins < SpinsBeforeSleep)
                Thread.SpinWait(1);
            else
                Thread.Yield();
        }
    }

    private void Loop()
    {
        BigCores.Stay(Shares);
        int spins = 0;
        while (!Volatile.Read(ref _isStopped))
        {
            long piece = Volatile.Read(ref _state) >> 32;
            int share = Claim();
            if (share >= 0)
            {
                Volatile.Write(ref _helped, 1);
                RunShare(share);
                spins = 0;
            }
            else if (++spins < SpinsBeforeSleep)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Sleep(piece);
                spins = 0;
            }
        }
    }

    // Until there is another piece of work.
    private void Sleep(long piece)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _state) >> 32 == piece && !_isStopped)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleepers);
        }
    }
}
