namespace EdgeConv.Core;

/// <summary>How the bytes of a <see cref="Frame"/> are laid out.</summary>
public enum PixelFormat
{
    /// <summary>One byte a pixel: luminance, full range. V4L2: GREY.</summary>
    Gray8,

    /// <summary>Three bytes a pixel: red, green, blue, full range. V4L2: RGB3.</summary>
    Rgb24,

    /// <summary>Four bytes for two pixels side by side: luma, U, luma, V. V4L2: YUYV.</summary>
    Yuyv,

    /// <summary>Four bytes for two pixels side by side: U, luma, V, luma. V4L2: UYVY.</summary>
    Uyvy,

    /// <summary>
    /// A plane of luma, one byte a pixel; behind its last row one of U and V side by side, two bytes for each
    /// block of two by two pixels, rows as far apart as those of luma. V4L2: NV12.
    /// </summary>
    Nv12,

    /// <summary>As <see cref="Nv12"/>, with V before U. V4L2: NV21.</summary>
    Nv21,

    /// <summary>
    /// A plane of luma, behind it one of U, behind that one of V, one byte for each block of two by two
    /// pixels, rows half as far apart as those of luma. V4L2: YU12; also called I420.
    /// </summary>
    Yuv420,

    /// <summary>
    /// As <see cref="Yuv420"/>, with a byte of U and of V for two pixels side by side. V4L2: 422P; also called I422.
    /// </summary>
    Yuv422,
}
