namespace EdgeConv.Devices;

/// <summary>How a sensor is reached.</summary>
public enum SensorKind
{
    /// <summary>A device of the kernel's industrial I/O, see <see cref="SensorOptions.Device"/>.</summary>
    Iio,

    /// <summary>A chip of the kernel's hardware monitoring, see <see cref="SensorOptions.Device"/>.</summary>
    Hwmon,

    /// <summary>
    /// A chip on an I2C bus, see <see cref="SensorOptions.Chip"/>, with a driver of this program's.
    /// </summary>
    I2c,

    /// <summary>
    /// A chip on an SPI bus, see <see cref="SensorOptions.Chip"/>, with a driver of this program's.
    /// </summary>
    Spi,

    /// <summary>A chip on a GPIO line, see <see cref="SensorOptions.Chip"/>.</summary>
    Gpio,
}

/// <summary>What a channel tells between two readings.</summary>
public enum Resampling
{
    /// <summary>By the channel: held for a status, linear for everything else.</summary>
    Auto,

    /// <summary>What lies on the line between them; needs the reading that comes after.</summary>
    Linear,

    /// <summary>What the last one told.</summary>
    Hold,
}

/// <summary>What becomes of instants at which a channel has no reading near.</summary>
public enum GapPolicy
{
    /// <summary>
    /// Its last value stands for it up to <see cref="SensorOptions.GapSeconds"/>; after that as
    /// <see cref="Drop"/>.
    /// </summary>
    Hold,

    /// <summary>Windows that hold such an instant are dropped.</summary>
    Drop,
}

/// <summary>One sensor of a source that joins several.</summary>
public sealed record SensorOptions
{
    /// <summary>How it is reached.</summary>
    public required SensorKind Kind { get; init; }

    /// <summary>
    /// IIO: name, label or address of the device; hwmon: name or address of the chip. Never a number, which
    /// changes from boot to boot.
    /// </summary>
    public string Device { get; init; } = "";

    /// <summary>Name of the driver, see <see cref="Sensors.Chips.SensorChips"/>: <c>bme280</c>.</summary>
    public string Chip { get; init; } = "";

    /// <summary>Number of the I2C or SPI bus.</summary>
    public int Bus { get; init; }

    /// <summary>Address on the I2C bus; null for the chip's default. Chip select on the SPI bus.</summary>
    public int? Address { get; init; }

    /// <summary>Label or name of the GPIO chip; empty for the board's header.</summary>
    public string GpioChip { get; init; } = "";

    /// <summary>Number of the line on its GPIO chip.</summary>
    public int Line { get; init; }

    /// <summary>Resistance through which an INA219 measures its current, Ω.</summary>
    public double ShuntOhms { get; init; } = 0.1;

    /// <summary>The channels to use; empty for all that it has.</summary>
    public IReadOnlyList<SensorChannelOptions> Channels { get; init; } = [];

    /// <summary>
    /// Readings a second; 0 for the rate of the windows, or the device's own when it is read through its buffer.
    /// </summary>
    public double RateHertz { get; init; }

    /// <summary>Whether an IIO device is read through its buffer, with the kernel's timestamps.</summary>
    public bool IsBuffered { get; init; }

    /// <summary>Name of the trigger that a buffer is filled by; empty for the one that is set.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>What its channels tell between two readings.</summary>
    public Resampling Resampling { get; init; }

    /// <summary>What becomes of instants at which a channel has no reading near.</summary>
    public GapPolicy Gap { get; init; }

    /// <summary>How long a value may stand for those that are missing, s.</summary>
    public double GapSeconds { get; init; } = 1;
}

/// <summary>A channel that is used, and what is known of it.</summary>
/// <param name="Name">Its name: <c>accel_x</c>.</param>
public sealed record SensorChannelOptions(string Name)
{
    /// <summary>The unit that the model was trained on; null where it is not stated.</summary>
    public string? Unit { get; init; }

    /// <summary>Subtracted from its values before the model sees them; null where it is not stated.</summary>
    public double? Mean { get; init; }

    /// <summary>Divides them after that; null where it is not stated.</summary>
    public double? Deviation { get; init; }
}
