using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Tests.Video;

/// <summary>
/// Structures and request numbers are those of linux/videodev2.h, compiled for linux-arm64 and linux-x64, where
/// they are equal.
/// </summary>
public sealed class HeaderTest
{
    private const uint Write = 1;
    private const uint Read = 2;

    [Fact]
    public void Structures_have_the_sizes_of_the_header()
    {
        Assert.Equal(104, Unsafe.SizeOf<V4l2Capability>());
        Assert.Equal(64, Unsafe.SizeOf<V4l2FormatDescription>());
        Assert.Equal(44, Unsafe.SizeOf<V4l2FrameSize>());
        Assert.Equal(52, Unsafe.SizeOf<V4l2FrameInterval>());
        Assert.Equal(208, Unsafe.SizeOf<V4l2Format>());
        Assert.Equal(48, Unsafe.SizeOf<V4l2PixelFormat>());
        Assert.Equal(204, Unsafe.SizeOf<V4l2StreamParameters>());
        Assert.Equal(20, Unsafe.SizeOf<V4l2RequestBuffers>());
        Assert.Equal(88, Unsafe.SizeOf<V4l2Buffer>());
        Assert.Equal(8, Unsafe.SizeOf<V4l2Control>());
        Assert.Equal(68, Unsafe.SizeOf<V4l2QueryControl>());
    }

    [Fact]
    public void Fields_lie_where_the_header_has_them()
    {
        Assert.Equal(84, OffsetOf<V4l2Capability>(nameof(V4l2Capability.Capabilities)));
        Assert.Equal(88, OffsetOf<V4l2Capability>(nameof(V4l2Capability.DeviceCapabilities)));
        Assert.Equal(44, OffsetOf<V4l2FormatDescription>(nameof(V4l2FormatDescription.PixelFormat)));
        Assert.Equal(12, OffsetOf<V4l2FrameSize>(nameof(V4l2FrameSize.Range)));
        Assert.Equal(20, OffsetOf<V4l2FrameInterval>(nameof(V4l2FrameInterval.Shortest)));
        Assert.Equal(8, OffsetOf<V4l2Format>(nameof(V4l2Format.Pixels)));
        Assert.Equal(16, OffsetOf<V4l2PixelFormat>(nameof(V4l2PixelFormat.BytesPerLine)));
        Assert.Equal(40, OffsetOf<V4l2PixelFormat>(nameof(V4l2PixelFormat.Quantization)));
        Assert.Equal(12, OffsetOf<V4l2StreamParameters>(nameof(V4l2StreamParameters.TimePerFrame)));
        Assert.Equal(8, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.BytesUsed)));
        Assert.Equal(12, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Flags)));
        Assert.Equal(24, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Seconds)));
        Assert.Equal(56, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Sequence)));
        Assert.Equal(60, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Memory)));
        Assert.Equal(64, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Offset)));
        Assert.Equal(72, OffsetOf<V4l2Buffer>(nameof(V4l2Buffer.Length)));
        Assert.Equal(40, OffsetOf<V4l2QueryControl>(nameof(V4l2QueryControl.Minimum)));
        Assert.Equal(56, OffsetOf<V4l2QueryControl>(nameof(V4l2QueryControl.Flags)));
    }

    // _IOC of linux/ioctl.h: direction, size of the argument, type 'V', number.
    [Fact]
    public void Requests_carry_the_sizes_of_their_structures()
    {
        AssertIs<V4l2Capability>(VideoRequest.QueryCapability, Read, 0);
        AssertIs<V4l2FormatDescription>(VideoRequest.EnumerateFormats, Read | Write, 2);
        AssertIs<V4l2FrameSize>(VideoRequest.EnumerateSizes, Read | Write, 74);
        AssertIs<V4l2FrameInterval>(VideoRequest.EnumerateIntervals, Read | Write, 75);
        AssertIs<V4l2Format>(VideoRequest.GetFormat, Read | Write, 4);
        AssertIs<V4l2Format>(VideoRequest.SetFormat, Read | Write, 5);
        AssertIs<V4l2StreamParameters>(VideoRequest.SetParameters, Read | Write, 22);
        AssertIs<V4l2RequestBuffers>(VideoRequest.RequestBuffers, Read | Write, 8);
        AssertIs<V4l2Buffer>(VideoRequest.QueryBuffer, Read | Write, 9);
        AssertIs<V4l2Buffer>(VideoRequest.Queue, Read | Write, 15);
        AssertIs<V4l2Buffer>(VideoRequest.Dequeue, Read | Write, 17);
        AssertIs<int>(VideoRequest.StreamOn, Write, 18);
        AssertIs<int>(VideoRequest.StreamOff, Write, 19);
        AssertIs<V4l2Control>(VideoRequest.SetControl, Read | Write, 28);
        AssertIs<V4l2QueryControl>(VideoRequest.QueryControl, Read | Write, 36);
    }

    private static void AssertIs<T>(VideoRequest request, uint direction, uint number) => Assert.Equal(
        (direction << 30) | ((uint)Unsafe.SizeOf<T>() << 16) | ((uint)'V' << 8) | number, (uint)request);

    private static int OffsetOf<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
