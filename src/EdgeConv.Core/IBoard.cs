namespace EdgeConv.Core;

/// <summary>What a board tells of itself at one moment; null where it has no such sensor.</summary>
/// <param name="TemperatureCelsius">Temperature of the processor, °C.</param>
/// <param name="TemperatureLimitCelsius">Where the board begins to throttle, °C.</param>
/// <param name="PowerWatts">Power drawn by the whole board, W.</param>
public readonly record struct BoardReading(
    double? TemperatureCelsius, double? TemperatureLimitCelsius, double? PowerWatts);

/// <summary>
/// Reads a board's sensors. Safe to call from any thread; never throws for a sensor that is absent.
/// </summary>
public interface IBoard
{
    /// <summary>Takes a reading; may block for some milliseconds, so never on the inference thread.</summary>
    BoardReading Read();
}
