using EdgeConv.Core;
using EdgeConv.Devices.Firmware;

namespace EdgeConv.Devices.Board;

/// <summary>What a Raspberry Pi's firmware measures.</summary>
internal sealed class FirmwareMeter(RaspberryPi firmware)
{
    private bool _hasPmic = true;

    /// <summary>Why the processor is slowed down; null when the firmware does not tell.</summary>
    public Throttling? Throttling() => firmware.Throttling();

    /// <summary>
    /// Power in W that the power management chip delivers; null without one. Firmware that refuses the command
    /// is not asked again.
    /// </summary>
    public double? Watts()
    {
        if (!_hasPmic)
            return null;
        ReadOnlySpan<byte> text = firmware.Answer("pmic_read_adc"u8);
        _hasPmic = !firmware.IsRefused;
        return PmicText.Watts(text);
    }
}
