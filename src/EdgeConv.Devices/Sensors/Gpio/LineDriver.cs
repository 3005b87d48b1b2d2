using System.Device.Gpio;
using EdgeConv.Devices.Sensors.Gpio.Interop;

namespace EdgeConv.Devices.Sensors.Gpio;

/// <summary>
/// Inputs of a GPIO chip for a <see cref="GpioController"/>, through the kernel's character device: no native
/// library is needed. Outputs, and waiting for edges, are for others.
/// </summary>
internal sealed class LineDriver : GpioDriver
{
    private const string InputsOnly = "this driver reads inputs only";
    private readonly IGpioChip _chip;
    private readonly Dictionary<int, IGpioLine> _lines = [];

    /// <param name="chip">The chip, from now on this driver's.</param>
    public LineDriver(IGpioChip chip)
    {
        _chip = chip;
        PinCount = chip.ReadInfo(out Interop.GpioChipInfo info) == 0 ? (int)info.Lines : 0;
    }

    /// <inheritdoc/>
    protected override int PinCount { get; }

    /// <summary>A driver for a chip of this machine, by its label or name.</summary>
    public static LineDriver Open(SysRoot root, string chip) => new(new GpioLines(root, new GpioOpener()).Open(chip));

    /// <inheritdoc/>
    protected override void OpenPin(int pinNumber) =>
        _lines[pinNumber] = GpioLines.Request(_chip, pinNumber, LineFlags.None);

    /// <inheritdoc/>
    protected override void ClosePin(int pinNumber)
    {
        if (_lines.Remove(pinNumber, out IGpioLine? line))
            line.Dispose();
    }

    /// <inheritdoc/>
    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
        if (mode != PinMode.Input)
            throw new NotSupportedException(InputsOnly);
    }

    /// <inheritdoc/>
    protected override PinMode GetPinMode(int pinNumber) => PinMode.Input;

    /// <inheritdoc/>
    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => mode == PinMode.Input;

    /// <inheritdoc/>
    protected override PinValue Read(int pinNumber)
    {
        int value = _lines[pinNumber].ReadValue();
        return value >= 0 ? value : throw new IOException($"Error {-value} reading line {pinNumber}.");
    }

    /// <inheritdoc/>
    protected override void Write(int pinNumber, PinValue value) => throw new NotSupportedException(InputsOnly);

    /// <inheritdoc/>
    protected override WaitForEventResult WaitForEvent(
        int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException(InputsOnly);

    /// <inheritdoc/>
    protected override void AddCallbackForPinValueChangedEvent(
        int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) =>
        throw new NotSupportedException(InputsOnly);

    /// <inheritdoc/>
    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) =>
        throw new NotSupportedException(InputsOnly);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (IGpioLine line in _lines.Values)
            line.Dispose();
        _lines.Clear();
        _chip.Dispose();
        base.Dispose(disposing);
    }
}
