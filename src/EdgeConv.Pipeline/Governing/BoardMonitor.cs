using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Reads a board on a timer, so that no inference waits for a sensor's bus, and tells the governor once a second;
/// pipelines take the latest reading. The power is the mean of several readings: one is a moment of a load that comes
/// and goes many times a second.
/// </summary>
public sealed class BoardMonitor : IDisposable
{
    private const int ReadingsATick = 5;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1.0 / ReadingsATick);
    private readonly IBoard _board;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private BoardReading _latest;
    private readonly PowerIntegral _power;
    private int _readings;
    private int _isReading;

    /// <summary>Takes a first reading and starts the timer.</summary>
    /// <param name="board">The sensors.</param>
    /// <param name="time">Clock.</param>
    /// <param name="governor">Is told; null for none.</param>
    public BoardMonitor(IBoard board, TimeProvider time, BoardGovernor? governor = null)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(time);
        _board = board;
        Governor = governor;
        _power = new PowerIntegral(time);
        Publish(ReadBoard());
        _timer = time.CreateTimer(_ => Read(), null, s_period, s_period);
    }

    /// <summary>Keeps the board within its limits; null when nobody does.</summary>
    public BoardGovernor? Governor { get; }

    /// <summary>The latest reading; its power is the mean of a second.</summary>
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
            BoardReading reading = ReadBoard();
            _power.Add(reading);
            if (++_readings < ReadingsATick)
                return;
            double? watts = _power.Take();
            Publish(reading with { PowerWatts = watts, PowerSource = watts is null ? null : _power.Source });
            _readings = 0;
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    // On a timer's thread nobody would catch it; a board that cannot be read says nothing.
    private BoardReading ReadBoard()
    {
        try
        {
            return _board.Read();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return default;
        }
    }

    private void Publish(in BoardReading reading)
    {
        lock (_lock)
            _latest = reading;
        Governor?.Tick(reading);
    }
}
