using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Reads a board once a second on a timer, so that no inference waits for a sensor's bus; pipelines take the
/// latest reading.
/// </summary>
public sealed class BoardMonitor : IDisposable
{
    private readonly IBoard _board;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private BoardReading _latest;
    private int _isReading;

    /// <summary>Takes a first reading and starts the timer.</summary>
    /// <param name="board">The sensors.</param>
    /// <param name="time">Clock.</param>
    /// <param name="governor">Is told each reading; null for none.</param>
    public BoardMonitor(IBoard board, TimeProvider time, BoardGovernor? governor = null)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(time);
        _board = board;
        Governor = governor;
        Read();
        _timer = time.CreateTimer(_ => Read(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Keeps the board within its limits; null when nobody does.</summary>
    public BoardGovernor? Governor { get; }

    /// <summary>The latest reading.</summary>
    public BoardReading Latest
    {
        get
        {
            lock (_lock)
                return _latest;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // A slow bus must not stack up timer callbacks.
    private void Read()
    {
        if (Interlocked.Exchange(ref _isReading, 1) == 1)
            return;
        try
        {
            BoardReading reading = _board.Read();
            lock (_lock)
                _latest = reading;
            Governor?.Tick(reading);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sensor that goes away leaves the last reading in place.
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }
}
