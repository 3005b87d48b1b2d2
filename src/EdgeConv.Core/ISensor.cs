namespace EdgeConv.Core;

/// <summary>Measures one or more quantities: a chip on a bus, a device of the kernel, a switch.</summary>
/// <remarks>
/// One reader at a time, on a thread of the source's, so that a read may wait some milliseconds for a bus. A
/// sensor is made open; one that has failed is disposed and made anew.
/// </remarks>
public interface ISensor : IDisposable
{
    /// <summary>Name for messages: <c>bme280</c>, <c>iio:accel3d</c>.</summary>
    string Name { get; }

    /// <summary>What it measures; at least one, always the same.</summary>
    IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>
    /// Time from one reading to the next of a sensor that measures by itself and keeps its readings until they
    /// are taken; null for one that measures whenever it is read. Zero where the pace is not known.
    /// </summary>
    TimeSpan? OwnInterval => null;

    /// <summary>Takes one reading: the one of now, or the oldest that is kept. Waits for none.</summary>
    /// <param name="values">
    /// One for each channel, in its unit; NaN for a channel that has no value now, never 0 in its place.
    /// </param>
    /// <param name="capturedAt">
    /// Now on <see cref="TimeProvider.GetTimestamp"/>; a sensor that knows better when it measured says so.
    /// </param>
    /// <returns>False when there is nothing to take.</returns>
    /// <exception cref="DeviceError">It cannot be read. That happens: it is tried again.</exception>
    bool TryRead(Span<double> values, ref long capturedAt);
}

/// <summary>A quantity that a sensor measures.</summary>
/// <param name="Name">Unique in its sensor: <c>temp</c>, <c>accel_x</c>.</param>
/// <param name="Unit">Unit of its values: °C, V, m/s²; empty for a bare number.</param>
public sealed record SensorChannel(string Name, string Unit)
{
    /// <summary>
    /// Whether a value holds until the next one (a switch), instead of moving to it on a line (a temperature).
    /// </summary>
    public bool IsStatus { get; init; }
}
