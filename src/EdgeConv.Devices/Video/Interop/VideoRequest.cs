namespace EdgeConv.Devices.Video.Interop;

/// <summary>Request numbers of <c>linux/videodev2.h</c> as 64-bit Linux has them.</summary>
internal enum VideoRequest : uint
{
    /// <summary>VIDIOC_QUERYCAP, <see cref="V4l2Capability"/>.</summary>
    QueryCapability = 0x80685600,

    /// <summary>VIDIOC_ENUM_FMT, <see cref="V4l2FormatDescription"/>.</summary>
    EnumerateFormats = 0xC0405602,

    /// <summary>VIDIOC_ENUM_FRAMESIZES, <see cref="V4l2FrameSize"/>.</summary>
    EnumerateSizes = 0xC02C564A,

    /// <summary>VIDIOC_ENUM_FRAMEINTERVALS, <see cref="V4l2FrameInterval"/>.</summary>
    EnumerateIntervals = 0xC034564B,

    /// <summary>VIDIOC_G_FMT, <see cref="V4l2Format"/>.</summary>
    GetFormat = 0xC0D05604,

    /// <summary>VIDIOC_S_FMT, <see cref="V4l2Format"/>.</summary>
    SetFormat = 0xC0D05605,

    /// <summary>VIDIOC_S_PARM, <see cref="V4l2StreamParameters"/>.</summary>
    SetParameters = 0xC0CC5616,

    /// <summary>VIDIOC_REQBUFS, <see cref="V4l2RequestBuffers"/>.</summary>
    RequestBuffers = 0xC0145608,

    /// <summary>VIDIOC_QUERYBUF, <see cref="V4l2Buffer"/>.</summary>
    QueryBuffer = 0xC0585609,

    /// <summary>VIDIOC_QBUF, <see cref="V4l2Buffer"/>.</summary>
    Queue = 0xC058560F,

    /// <summary>VIDIOC_DQBUF, <see cref="V4l2Buffer"/>.</summary>
    Dequeue = 0xC0585611,

    /// <summary>VIDIOC_STREAMON, a number.</summary>
    StreamOn = 0x40045612,

    /// <summary>VIDIOC_STREAMOFF, a number.</summary>
    StreamOff = 0x40045613,

    /// <summary>VIDIOC_S_CTRL, <see cref="V4l2Control"/>.</summary>
    SetControl = 0xC008561C,

    /// <summary>VIDIOC_QUERYCTRL, <see cref="V4l2QueryControl"/>.</summary>
    QueryControl = 0xC0445624,
}

/// <summary>Numbers of <c>linux/videodev2.h</c> and <c>linux/v4l2-controls.h</c>.</summary>
internal static class VideoConstants
{
    /// <summary>V4L2_BUF_TYPE_VIDEO_CAPTURE.</summary>
    public const uint Capture = 1;

    /// <summary>V4L2_MEMORY_MMAP.</summary>
    public const uint Mapped = 1;

    /// <summary>V4L2_FRMSIZE_TYPE_DISCRETE, and V4L2_FRMIVAL_TYPE_DISCRETE.</summary>
    public const uint Discrete = 1;

    /// <summary>V4L2_CAP_TIMEPERFRAME.</summary>
    public const uint TakesInterval = 0x1000;

    /// <summary>V4L2_BUF_FLAG_ERROR.</summary>
    public const uint DamagedFrame = 0x40;

    /// <summary>V4L2_BUF_FLAG_TIMESTAMP_MASK.</summary>
    public const uint ClockMask = 0xE000;

    /// <summary>V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC.</summary>
    public const uint MonotonicClock = 0x2000;

    /// <summary>V4L2_COLORSPACE_REC709.</summary>
    public const uint Rec709 = 3;

    /// <summary>V4L2_COLORSPACE_JPEG.</summary>
    public const uint JpegColors = 7;

    /// <summary>V4L2_COLORSPACE_DCI_P3.</summary>
    public const uint DciP3 = 12;

    /// <summary>V4L2_YCBCR_ENC_709.</summary>
    public const uint Encoding709 = 2;

    /// <summary>V4L2_YCBCR_ENC_XV709.</summary>
    public const uint EncodingXv709 = 4;

    /// <summary>V4L2_QUANTIZATION_FULL_RANGE.</summary>
    public const uint FullRange = 1;

    /// <summary>V4L2_QUANTIZATION_LIM_RANGE.</summary>
    public const uint LimitedRange = 2;

    /// <summary>V4L2_CTRL_FLAG_DISABLED and V4L2_CTRL_FLAG_READ_ONLY.</summary>
    public const uint UnusableControl = 0x1 | 0x4;
}

/// <summary>Capabilities of a node, <c>linux/videodev2.h</c>.</summary>
[Flags]
internal enum VideoCapabilities : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>V4L2_CAP_VIDEO_CAPTURE.</summary>
    Capture = 0x1,

    /// <summary>V4L2_CAP_VIDEO_OUTPUT.</summary>
    Output = 0x2,

    /// <summary>V4L2_CAP_VIDEO_CAPTURE_MPLANE.</summary>
    MultiPlanarCapture = 0x1000,

    /// <summary>V4L2_CAP_VIDEO_M2M_MPLANE and V4L2_CAP_VIDEO_M2M.</summary>
    MemoryToMemory = 0x4000 | 0x8000,

    /// <summary>V4L2_CAP_META_CAPTURE.</summary>
    Metadata = 0x00800000,

    /// <summary>V4L2_CAP_STREAMING.</summary>
    Streaming = 0x04000000,

    /// <summary>V4L2_CAP_IO_MC: the media controller decides what it gives.</summary>
    MediaController = 0x20000000,

    /// <summary>V4L2_CAP_DEVICE_CAPS: the node's own capabilities stand in a field of their own.</summary>
    OfDevice = 0x80000000,
}
