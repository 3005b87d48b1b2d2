using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Energy of an inference: from a power rail where one is measured, otherwise from a stated model.
/// </summary>
public static class EnergyMeter
{
    /// <summary>
    /// Power of one busy core above idle in W, for the model. A Raspberry Pi 4 draws about 3 W idle and 6 W
    /// with its four cores busy (Raspberry Pi documentation: 0.6 A and 1.2 A at 5.1 V), hence 0.75 W a core.
    /// </summary>
    public const double WattsPerBusyCore = 0.75;

    /// <summary>
    /// Energy of a stretch of work: E = P t with the board's whole power where it is measured, otherwise
    /// E = <see cref="WattsPerBusyCore"/> * threads * t, marked as estimated.
    /// </summary>
    public static Energy Of(TimeSpan busy, int threads, double? boardWatts) => boardWatts is { } watts
        ? new Energy(watts * busy.TotalMilliseconds, IsEstimated: false)
        : new Energy(WattsPerBusyCore * threads * busy.TotalMilliseconds, IsEstimated: true);
}
