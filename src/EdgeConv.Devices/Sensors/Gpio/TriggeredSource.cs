using EdgeConv.Core;
using EdgeConv.Devices.Sensors.Gpio.Interop;

namespace EdgeConv.Devices.Sensors.Gpio;

/// <summary>
/// A live source that sleeps until a GPIO line's edge wakes it: samples are given out from an edge on for as long as
/// configured, and dropped otherwise. Samples that were captured before the edge stay dropped.
/// </summary>
internal sealed class TriggeredSource : ISource
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly ISource _source;
    private readonly TriggerOptions _options;
    private readonly TimeProvider _time;
    private readonly GpioLines _lines;
    private IGpioChip? _chip;
    private IGpioLine? _line;
    private long? _wokenAt;

    /// <param name="source">What it wakes; disposed with this.</param>
    /// <param name="options">The line.</param>
    /// <param name="time">Clock.</param>
    /// <param name="lines">Where lines are found.</param>
    public TriggeredSource(ISource source, TriggerOptions options, TimeProvider time, GpioLines lines)
    {
        _source = source;
        _options = options;
        _time = time;
        _lines = lines;
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <inheritdoc/>
    public bool IsLive => _source.IsLive;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        IGpioLine line = _line ??= Open();
        while (true)
        {
            Sample? sample = await _source.ReadAsync(cancellation).ConfigureAwait(false);
            if (sample is null)
                return null;
            try
            {
                TakeEdges(line);
            }
            catch (DeviceError)
            {
                sample.Dispose();
                throw;
            }

            if (IsAwake(sample.CapturedAt))
                return sample;
            sample.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        Close();
    }

    private IGpioLine Open()
    {
        LineFlags edges = _options.Edge switch
        {
            TriggerEdge.Rising => LineFlags.Rising,
            TriggerEdge.Falling => LineFlags.Falling,
            _ => LineFlags.Rising | LineFlags.Falling,
        };
        _chip = _lines.Open(_options.GpioChip);
        try
        {
            return GpioLines.Request(_chip, _options.Line, edges);
        }
        catch
        {
            Close();
            throw;
        }
    }

    // Each edge is dated by the kernel, on the clock that time providers count by.
    private void TakeEdges(IGpioLine line)
    {
        int found = line.ReadEvent(out GpioLineEvent edge);
        for (; found == 1; found = line.ReadEvent(out edge))
        {
            long at = (long)(edge.Nanoseconds / (double)NanosecondsPerSecond * _time.TimestampFrequency);
            _wokenAt = Math.Min(at, _time.GetTimestamp());
        }

        if (found >= 0)
            return;
        Close();
        throw new DeviceError(Name, $"its trigger, line {_options.Line}, cannot be read: {SensorTrouble.Name(found)}");
    }

    private bool IsAwake(long capturedAt) => _wokenAt is { } at
        && capturedAt >= at
        && _time.GetElapsedTime(at, capturedAt).TotalSeconds <= _options.HoldSeconds;

    private void Close()
    {
        _line?.Dispose();
        _chip?.Dispose();
        (_line, _chip) = (null, null);
    }
}
