using System.Runtime.InteropServices;
using System.Text;

namespace EdgeConv.Devices.Sensors.Gpio.Interop;

/// <summary>Requests of linux/gpio.h, version 2 of its interface.</summary>
internal enum LineRequestCode : uint
{
    ChipInfo = 0x8044B401,
    LineInfo = 0xC100B405,
    Line = 0xC250B407,
    Values = 0xC010B40E,
}

/// <summary>How a line is used: GPIO_V2_LINE_FLAG.</summary>
[Flags]
internal enum LineFlags : ulong
{
    None = 0,
    Used = 1,
    Input = 4,
    Rising = 16,
    Falling = 32,
}

/// <summary>struct gpiochip_info.</summary>
[StructLayout(LayoutKind.Explicit, Size = 68)]
internal unsafe struct GpioChipInfo
{
    [FieldOffset(0)]
    public fixed byte NameBytes[32];

    [FieldOffset(32)]
    public fixed byte LabelBytes[32];

    [FieldOffset(64)]
    public uint Lines;

    public string Name
    {
        get
        {
            fixed (byte* first = NameBytes)
                return LineText.Of(first, 32);
        }
    }

    public string Label
    {
        get
        {
            fixed (byte* first = LabelBytes)
                return LineText.Of(first, 32);
        }
    }
}

/// <summary>struct gpio_v2_line_info, as far as it is read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal unsafe struct GpioLineInfo
{
    [FieldOffset(32)]
    public fixed byte ConsumerBytes[32];

    [FieldOffset(64)]
    public uint Offset;

    [FieldOffset(72)]
    public LineFlags Flags;

    public string Consumer
    {
        get
        {
            fixed (byte* first = ConsumerBytes)
                return LineText.Of(first, 32);
        }
    }
}

/// <summary>struct gpio_v2_line_request for one line without attributes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 592)]
internal unsafe struct GpioLineRequest
{
    [FieldOffset(0)]
    public uint FirstOffset;

    [FieldOffset(256)]
    public fixed byte Consumer[32];

    [FieldOffset(288)]
    public LineFlags Flags;

    [FieldOffset(560)]
    public uint Lines;

    [FieldOffset(588)]
    public int File;
}

/// <summary>struct gpio_v2_line_values.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineValues
{
    public ulong Bits;
    public ulong Mask;
}

/// <summary>struct gpio_v2_line_event.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct GpioLineEvent
{
    /// <summary>When, on the kernel's monotonic clock, ns.</summary>
    [FieldOffset(0)]
    public ulong Nanoseconds;

    /// <summary>1 rising, 2 falling.</summary>
    [FieldOffset(8)]
    public uint Edge;

    [FieldOffset(20)]
    public uint LineSequence;
}

/// <summary>Texts of fixed length that end in 0.</summary>
internal static unsafe class LineText
{
    public static string Of(byte* first, int most)
    {
        ReadOnlySpan<byte> bytes = new(first, most);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
