namespace EdgeConv.Core;

/// <summary>
/// Why a Raspberry Pi's firmware slows the processor down, now and since boot. The values are the bits of the
/// firmware's throttle word, as <c>vcgencmd get_throttled</c> prints it.
/// </summary>
/// <remarks>
/// The kernel's under-voltage monitor clears the bits since boot each time it asks, so that they may tell less
/// than their name says.
/// </remarks>
[Flags]
public enum Throttling
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>The supply is below 4.63 V.</summary>
    UnderVoltage = 1 << 0,

    /// <summary>The clock is capped.</summary>
    FrequencyCapped = 1 << 1,

    /// <summary>The processor is throttled.</summary>
    Throttled = 1 << 2,

    /// <summary>The soft temperature limit is reached.</summary>
    SoftTemperatureLimit = 1 << 3,

    /// <summary>The supply was below 4.63 V.</summary>
    UnderVoltageSinceBoot = 1 << 16,

    /// <summary>The clock was capped.</summary>
    FrequencyCappedSinceBoot = 1 << 17,

    /// <summary>The processor was throttled.</summary>
    ThrottledSinceBoot = 1 << 18,

    /// <summary>The soft temperature limit was reached.</summary>
    SoftTemperatureLimitSinceBoot = 1 << 19,

    /// <summary>All that hold now.</summary>
    Now = UnderVoltage | FrequencyCapped | Throttled | SoftTemperatureLimit,

    /// <summary>All that held at some time since boot.</summary>
    SinceBoot = UnderVoltageSinceBoot | FrequencyCappedSinceBoot | ThrottledSinceBoot |
        SoftTemperatureLimitSinceBoot,
}
