using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors.Support;

/// <summary>A sensor whose values are functions of time; it measures when it is read, or by itself at an interval.</summary>
internal sealed class FakeSensor : ISensor
{
    private readonly ManualTime _time;
    private readonly Func<double, double>[] _values;
    private long _next;

    public FakeSensor(ManualTime time, params Func<double, double>[] values)
    {
        _time = time;
        _values = values;
        _next = time.GetTimestamp();
        Channels = [.. values.Select((_, i) => new SensorChannel($"c{i}", "V"))];
    }

    public string Name { get; init; } = "fake";

    public IReadOnlyList<SensorChannel> Channels { get; init; }

    public TimeSpan? OwnInterval { get; init; }

    /// <summary>What a read ends in; null for a reading.</summary>
    public Func<Exception?> Fault { get; set; } = () => null;

    /// <summary>Whether it has stopped to measure.</summary>
    public bool IsSilent { get; set; }

    public int Reads { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool TryRead(Span<double> values, ref long capturedAt)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Fault() is { } fault)
            throw fault;
        if (IsSilent || (OwnInterval is not null && _next > _time.GetTimestamp()))
            return false;
        if (OwnInterval is { } interval)
        {
            capturedAt = _next;
            _next += interval.Ticks;
        }

        Reads++;
        for (int c = 0; c < _values.Length; c++)
            values[c] = _values[c](SecondsAt(capturedAt));
        return true;
    }

    public void Dispose() => IsDisposed = true;

    public static double SecondsAt(long ticks) => ticks / (double)TimeSpan.TicksPerSecond;
}
