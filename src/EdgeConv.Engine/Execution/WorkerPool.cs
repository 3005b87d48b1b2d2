using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Core;

namespace EdgeConv.Engine.Execution;

/// <summary>Work that can be cut into shares which run side by side.</summary>
public interface ISharedWork
{
    /// <summary>Does share <paramref name="share"/> of <paramref name="shares"/>.</summary>
    void RunShare(int share, int shares);
}

/// <summary>
/// Threads that take shares of a piece of work side by side with the caller. Each has a share of its own, so
/// that what one step of a network leaves in a core's cache the next one finds there; whoever is done with it
/// takes what others have not begun: a worker that the system does not run takes none, and the caller does
/// without it. Between two pieces a worker spins for some microseconds, then sleeps until it is woken. Workers
/// stay on the processor's faster cores. One caller at a time.
/// </summary>
/// <remarks>
/// A fork and join costs what cache lines cost that pass from core to core. The caller writes one, which the
/// workers watch; each share has one more, which whoever claims it writes and the caller then reads. Nothing
/// else is written while workers spin.
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    // Bytes between what different threads write: processors fetch cache lines of 64 in pairs.
    private const int Apart = 128;
    private const int SpinsBeforeSleep = 2000;

    // Waking a thread costs some microseconds: when several pieces in a row saw no help, the next ones do
    // without.
    private const int PiecesBeforeRest = 4;
    private const int PiecesOfRest = 32;

    // Measured: a fork and join takes 0.2 to 0.4 µs, and a step that one core does alone also waits for what
    // the other core has in its cache. Below these work is done sooner by one core.
    private const long LeastMultiplyAddsPerShare = 10_000;
    private const long LeastElementsPerShare = 4096;

    private readonly Lock _caller = new();
    private readonly object _gate = new();
    private readonly List<Thread> _workers = [];
    private readonly Slot[] _slots;
    private Posted _posted;
    private Exception? _problem;
    private int _sleepers;
    private int _unhelpedPieces;
    private bool _isStopped;

    /// <summary>Starts <paramref name="threads"/> - 1 workers.</summary>
    /// <exception cref="ConfigError">The system lets this process start no more threads.</exception>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _slots = new Slot[threads];
        try
        {
            while (_workers.Count < threads - 1)
                Start(_workers.Count + 1);
        }
        catch (Exception problem) when (problem is OutOfMemoryException or ThreadStartException)
        {
            int started = _workers.Count;
            Dispose();
            string found = string.Create(
                CultureInfo.InvariantCulture, $"{threads}, but the system gives this process {started + 1}");
            const string Right = "fewer would be right, or a higher limit of tasks (TasksMax=, ulimit -u) or memory";
            throw new ConfigError("threads", $"{found}; {Right}", problem);
        }
    }

    /// <summary>Number of shares work is cut into: the workers and the caller.</summary>
    public int Shares => _slots.Length;

    /// <summary>Whether so many multiply-adds are done sooner in shares than by the caller alone.</summary>
    public static bool IsWorthAFork(long multiplyAdds, int shares) =>
        multiplyAdds >= LeastMultiplyAddsPerShare * shares;

    /// <summary>Whether a pass over so many floats is done sooner in shares than by one thread.</summary>
    public static bool IsWorthAForkOver(long elements, int shares) =>
        elements >= LeastElementsPerShare * shares;

    /// <summary>Runs all shares and returns when the last is done. Allocates nothing.</summary>
    public void Run(ISharedWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_caller)
        {
            long piece = Post(work);
            RunShare(0, piece);
            int own = 1 + RunUnbegun(piece);
            _unhelpedPieces = own == Shares ? _unhelpedPieces + 1 : 0;
            WaitForWorkers(piece);
            if (_problem is not null)
                Throw();
        }
    }

    /// <summary>Ends the workers.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isStopped, true);
            Interlocked.Increment(ref _posted.Piece);
            Monitor.PulseAll(_gate);
        }

        foreach (Thread worker in _workers)
            worker.Join();
    }

    private void Start(int share)
    {
        Thread worker = new(() => Loop(share)) { IsBackground = true, Name = $"edgeconv worker {share}" };
        worker.Start();
        _workers.Add(worker);
    }

    // A worker counts itself asleep before it looks at the piece a last time, the caller changes the piece
    // before it looks for sleepers: one of them sees the other.
    private long Post(ISharedWork work)
    {
        long piece = _posted.Piece + 1;
        _posted.Work = work;
        Interlocked.Exchange(ref _posted.Piece, piece);
        if (Volatile.Read(ref _sleepers) != 0)
            Wake();
        return piece;
    }

    private void Wake()
    {
        if (_unhelpedPieces > PiecesBeforeRest && _unhelpedPieces % PiecesOfRest != 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    // How many shares that nobody had begun it ran; the caller's is not among them.
    private int RunUnbegun(long piece)
    {
        int count = 0;
        for (int share = Shares - 1; share > 0; share--)
        {
            if (!Claim(share, piece))
                continue;
            RunShare(share, piece);
            count++;
        }

        return count;
    }

    // Behind every piece all shares have been claimed with its number: who comes late finds another one. Whoever
    // has claimed a share keeps the caller waiting, so that the work stays what it is.
    private bool Claim(int share, long piece)
    {
        ref long claimed = ref _slots[share].Claimed;
        return Volatile.Read(ref claimed) == piece - 1
            && Interlocked.CompareExchange(ref claimed, piece, piece - 1) == piece - 1;
    }

    private void RunShare(int share, long piece)
    {
        try
        {
            _posted.Work!.RunShare(share, Shares);
        }
        catch (Exception problem)
        {
            Volatile.Write(ref _problem, problem);
        }
        finally
        {
            Volatile.Write(ref _slots[share].Finished, piece);
        }
    }

    private void WaitForWorkers(long piece)
    {
        int spins = 0;
        for (int share = 1; share < Shares; share++)
        {
            for (; Volatile.Read(ref _slots[share].Finished) != piece; spins++)
            {
                if (spins < SpinsBeforeSleep)
                    Thread.SpinWait(1);
                else
                    Thread.Yield();
            }
        }
    }

    private void Throw()
    {
        Exception problem = _problem!;
        _problem = null;
        throw new InvalidOperationException($"a share failed: {problem.Message}", problem);
    }

    private void Loop(int own)
    {
        BigCores.Stay(Shares);
        long seen = 0;
        int spins = 0;
        while (true)
        {
            long piece = Volatile.Read(ref _posted.Piece);
            if (piece != seen)
            {
                if (Volatile.Read(ref _isStopped))
                    return;
                if (Claim(own, piece))
                    RunShare(own, piece);
                RunUnbegun(piece);
                seen = piece;
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
            while (Volatile.Read(ref _posted.Piece) == piece)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    /// <summary>What the workers watch, on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 3 * Apart)]
    private struct Posted
    {
        /// <summary>The number of the piece of work.</summary>
        [FieldOffset(Apart)]
        public long Piece;

        /// <summary>Written before the number.</summary>
        [FieldOffset(Apart + 8)]
        public ISharedWork? Work;
    }

    /// <summary>A share, on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 2 * Apart)]
    private struct Slot
    {
        /// <summary>The last piece of work whose share somebody has begun.</summary>
        [FieldOffset(Apart)]
        public long Claimed;

        /// <summary>The last piece of work whose share is done.</summary>
        [FieldOffset(Apart + 8)]
        public long Finished;
    }
}
