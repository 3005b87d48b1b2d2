namespace EdgeConv.Devices.Sensors.Gpio.Interop;

/// <summary>Opens GPIO chips.</summary>
internal interface IGpioOpener
{
    /// <summary>Opens a chip; null, and a negated errno, when that fails.</summary>
    IGpioChip? Open(string path, out int problem);
}

/// <summary>A GPIO chip. Results below 0 are a negated errno.</summary>
internal interface IGpioChip : IDisposable
{
    /// <summary>What it is.</summary>
    int ReadInfo(out GpioChipInfo info);

    /// <summary>What a line is used for.</summary>
    int ReadLineInfo(uint offset, out GpioLineInfo info);

    /// <summary>Takes a line as an input; null, and a negated errno, when that fails.</summary>
    IGpioLine? Request(uint offset, LineFlags edges, out int problem);
}

/// <summary>A line that was taken. Results below 0 are a negated errno.</summary>
internal interface IGpioLine : IDisposable
{
    /// <summary>1 for high, 0 for low.</summary>
    int ReadValue();

    /// <summary>Takes an edge without waiting: 1 for one, 0 for none.</summary>
    int ReadEvent(out GpioLineEvent edge);
}
