using System.Threading.Tasks.Sources;

namespace EdgeConv.Devices;

/// <summary>Waits on threads of their own.</summary>
internal static class CaptureThread
{
    /// <summary>Waits; on the machine's own clock without allocating.</summary>
    public static void Sleep(TimeSpan time, TimeProvider clock)
    {
        // Whole milliseconds; rounding down would spin through the last one.
        if (ReferenceEquals(clock, TimeProvider.System))
            Thread.Sleep((int)Math.Ceiling(time.TotalMilliseconds));
        else
            Task.Delay(time, clock).GetAwaiter().GetResult();
    }
}

/// <summary>
/// Runs a read that waits in the kernel on a thread of its own. One read at a time; once it runs, asking and
/// answering allocate nothing.
/// </summary>
internal sealed class CaptureThread<T> : IValueTaskSource<T>, IAsyncDisposable
{
    private readonly string _name;
    private readonly Func<T> _read;
    private readonly AutoResetEvent _asked = new(false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<T> _answer = new() { RunContinuationsAsynchronously = true };
    private readonly CancellationTokenSource _stop = new();
    private CancellationToken _cancellation;
    private Thread? _thread;
    private volatile bool _isStopped;

    /// <param name="name">Name of the thread.</param>
    /// <param name="read">
    /// Waits no longer than some 100 ms before it calls <see cref="ThrowIfCancelled"/>.
    /// </param>
    public CaptureThread(string name, Func<T> read)
    {
        _name = name;
        _read = read;
    }

    /// <summary>Reads once. The thread begins with the first read.</summary>
    public ValueTask<T> RunAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isStopped, this);
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellation);
        _answer.Reset();
        _cancellation = cancellation;
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = _name };
            _thread.Start();
        }

        _asked.Set();
        return new ValueTask<T>(this, _answer.Version);
    }

    /// <summary>Ends a read that is not wanted any more.</summary>
    public void ThrowIfCancelled()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_isStopped)
            throw new OperationCanceledException();
    }

    /// <summary>Waits on the read's thread.</summary>
    public void Sleep(TimeSpan time, TimeProvider clock)
    {
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(_cancellation, _stop.Token);
        Task.Delay(time, clock, both.Token).GetAwaiter().GetResult();
    }

    /// <summary>Ends the thread, and a read that is under way; completes when it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        _asked.Set();
        if (_thread is not null)
            await _ended.Task.ConfigureAwait(false);
        _asked.Dispose();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    T IValueTaskSource<T>.GetResult(short token) => _answer.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _answer.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<T>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    private void Run()
    {
        while (true)
        {
            _asked.WaitOne();
            if (_answer.GetStatus(_answer.Version) == ValueTaskSourceStatus.Pending)
                Answer();
            if (_isStopped)
                break;
        }

        _ended.SetResult();
    }

    private void Answer()
    {
        T result;
        try
        {
            ThrowIfCancelled();
            result = _read();
        }
        catch (Exception error)
        {
            _answer.SetException(error);
            return;
        }

        _answer.SetResult(result);
    }
}
