using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeConv.Devices.Video.Interop;

// Structures of <linux/videodev2.h> as 64-bit Linux has them, the same on arm64 and x64; unions are laid out
// for video capture. What an application must zero is reserved.

/// <summary>struct v4l2_capability.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2Capability
{
    public Text16 Driver;
    public Text32 Card;
    public Text32 BusInfo;
    public uint Version;
    public uint Capabilities;
    public uint DeviceCapabilities;
    private Reserved3 _reserved;
}

/// <summary>struct v4l2_fmtdesc.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2FormatDescription
{
    public uint Index;
    public uint Type;
    public uint Flags;
    public Text32 Description;
    public uint PixelFormat;
    public uint MediaBusCode;
    private Reserved3 _reserved;
}

/// <summary>struct v4l2_frmsizeenum. One that is discrete has only least width and height.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2FrameSize
{
    public uint Index;
    public uint PixelFormat;
    public uint Type;
    public SizeRange Range;
    private Reserved2 _reserved;
}

/// <summary>
/// struct v4l2_frmsize_stepwise; struct v4l2_frmsize_discrete is its <see cref="Width"/> and
/// <see cref="Height"/>, which stand where the stepwise one has its first two.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct SizeRange
{
    [FieldOffset(0)] public uint Width;
    [FieldOffset(4)] public uint Height;
    [FieldOffset(0)] public uint LeastWidth;
    [FieldOffset(4)] public uint MostWidth;
    [FieldOffset(8)] public uint StepWidth;
    [FieldOffset(12)] public uint LeastHeight;
    [FieldOffset(16)] public uint MostHeight;
    [FieldOffset(20)] public uint StepHeight;
}

/// <summary>struct v4l2_frmivalenum. A discrete interval stands in <see cref="Shortest"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2FrameInterval
{
    public uint Index;
    public uint PixelFormat;
    public uint Width;
    public uint Height;
    public uint Type;
    public V4l2Fraction Shortest;
    public V4l2Fraction Longest;
    public V4l2Fraction Step;
    private Reserved2 _reserved;
}

/// <summary>struct v4l2_fract.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2Fraction
{
    public uint Numerator;
    public uint Denominator;
}

/// <summary>struct v4l2_format of a single plane.</summary>
[StructLayout(LayoutKind.Explicit, Size = 208)]
internal struct V4l2Format
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(8)] public V4l2PixelFormat Pixels;
}

/// <summary>struct v4l2_pix_format.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2PixelFormat
{
    public uint Width;
    public uint Height;
    public uint PixelFormat;
    public uint Field;
    public uint BytesPerLine;
    public uint SizeImage;
    public uint ColorSpace;
    public uint Private;
    public uint Flags;
    public uint YcbcrEncoding;
    public uint Quantization;
    public uint TransferFunction;
}

/// <summary>struct v4l2_streamparm of a capture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 204)]
internal struct V4l2StreamParameters
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Capability;
    [FieldOffset(12)] public V4l2Fraction TimePerFrame;
}

/// <summary>struct v4l2_requestbuffers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2RequestBuffers
{
    public uint Count;
    public uint Type;
    public uint Memory;
    public uint Capabilities;
    private readonly uint _flags;
}

/// <summary>struct v4l2_buffer of memory that the driver maps.</summary>
[StructLayout(LayoutKind.Explicit, Size = 88)]
internal struct V4l2Buffer
{
    [FieldOffset(0)] public uint Index;
    [FieldOffset(4)] public uint Type;
    [FieldOffset(8)] public uint BytesUsed;
    [FieldOffset(12)] public uint Flags;
    [FieldOffset(16)] public uint Field;
    [FieldOffset(24)] public long Seconds;
    [FieldOffset(32)] public long Microseconds;
    [FieldOffset(56)] public uint Sequence;
    [FieldOffset(60)] public uint Memory;
    [FieldOffset(64)] public uint Offset;
    [FieldOffset(72)] public uint Length;
}

/// <summary>struct v4l2_control.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2Control
{
    public uint Id;
    public int Value;
}

/// <summary>struct v4l2_queryctrl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct V4l2QueryControl
{
    public uint Id;
    public uint Type;
    public Text32 Name;
    public int Minimum;
    public int Maximum;
    public int Step;
    public int Default;
    public uint Flags;
    private Reserved2 _reserved;
}

/// <summary>16 bytes of text, ended by 0 where it is shorter.</summary>
[InlineArray(16)]
internal struct Text16
{
    private byte _first;
}

/// <summary>32 bytes of text, ended by 0 where it is shorter.</summary>
[InlineArray(32)]
internal struct Text32
{
    private byte _first;
}

[InlineArray(2)]
internal struct Reserved2
{
    private uint _first;
}

[InlineArray(3)]
internal struct Reserved3
{
    private uint _first;
}
