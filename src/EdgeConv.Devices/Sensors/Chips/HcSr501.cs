using System.Device.Gpio;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// HC-SR501, and other sensors of motion that hold a line high while something moves. Channel <c>motion</c>: 1 while
/// it does, 0 else. Its first minute after power-on means nothing.
/// </summary>
public sealed class HcSr501 : ISensor
{
    private readonly GpioController _controller;
    private readonly int _pin;
    private readonly bool _shouldDispose;

    /// <param name="controller">The board's lines.</param>
    /// <param name="pin">The line that its output is at.</param>
    /// <param name="shouldDispose">Whether the controller is this driver's from now on.</param>
    public HcSr501(GpioController controller, int pin, bool shouldDispose = true)
    {
        ArgumentNullException.ThrowIfNull(controller);
        _controller = controller;
        _pin = pin;
        _shouldDispose = shouldDispose;
        _controller.OpenPin(pin, PinMode.Input);
    }

    /// <inheritdoc/>
    public string Name => "hc-sr501";

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; } = [new("motion", "") { IsStatus = true }];

    /// <summary>Whether something moves.</summary>
    public bool IsMotionDetected => _controller.Read(_pin) == PinValue.High;

    /// <inheritdoc/>
    bool ISensor.TryRead(Span<double> values, ref long capturedAt)
    {
        values[0] = IsMotionDetected ? 1 : 0;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_shouldDispose)
            _controller.Dispose();
        else
            _controller.ClosePin(_pin);
    }
}
